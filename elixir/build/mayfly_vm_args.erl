%% The release's vm.args, as far as it can count here: flags of the emulator and of applications. Names, cookies
%% and code loading modes are for a distributed system, which a function is not.
-module(mayfly_vm_args).
-export([read/1]).

-define(IGNORED, ["-name", "-sname", "-setcookie", "-mode", "-heart", "-boot", "-config", "-args_file"]).

read(File) ->
    Lines = case file:read_file(File) of
        {ok, Text} -> [string:trim(Line) || Line <- string:lexemes(binary_to_list(Text), "\r\n")];
        {error, enoent} -> []
    end,
    Flags = [string:lexemes(Line, " \t") || Line <- Lines, Line =/= "", hd(Line) =/= $#],
    lists:foldl(fun flag/2, {#{emulator => [], init => []}, #{}, []}, Flags).

flag([[$+ | Name] | Values], {#{emulator := Known} = Flags, Environment, Warnings}) ->
    {Flags#{emulator := Known ++ [[$- | Name] | Values]}, Environment, Warnings};
flag(["-env", Name | Values], {Flags, Environment, Warnings}) ->
    Value = list_to_binary(lists:join(" ", Values)),
    {Flags, Environment#{list_to_binary(Name) => Value}, Warnings};
flag([Name | _] = Line, {#{init := Known} = Flags, Environment, Warnings}) ->
    case lists:member(Name, ?IGNORED) of
        true ->
            Warning = unicode:characters_to_binary(["vm.args: ", lists:join(" ", Line), " doesn't count on Lambda."]),
            {Flags, Environment, Warnings ++ [Warning]};
        false ->
            {Flags#{init := Known ++ Line}, Environment, Warnings}
    end.
