%% Finds the function that _HANDLER names. Only atoms that exist are looked up: the boot file holds those of
%% all modules of the release.
-module(mayfly_handler).
-export([resolve/2]).

-define(MAX_NEAR, 3).

%% An empty name is that of an application which is a server itself: it gets requests, and the agent no events.
-spec resolve(string() | false, [binary()]) -> {ok, {module(), atom(), 1 | 2} | none} | {failed, map()}.
resolve("", _) -> {ok, none};
resolve(false, Known) -> failed(<<"_HANDLER is not set">>, <<>>, Known);
resolve(Setting, Known) ->
    Text = unicode:characters_to_binary(Setting),
    case split(Text) of
        [ModuleName, FunctionName] when ModuleName =/= <<>>, ModuleName =/= <<"Elixir">>, FunctionName =/= <<>> ->
            find(Text, qualified(ModuleName), FunctionName, Known);
        _ ->
            Problem = ["\"", Text, "\" is not of the form Elixir.Module.function"],
            failed(Problem, Text, Known)
    end.

%% At the last dot, as string:split/3 would, which loads the tables of all of Unicode.
split(Text) ->
    case binary:matches(Text, <<".">>) of
        [] -> [Text];
        Dots ->
            {Before, 1} = lists:last(Dots),
            <<Module:Before/binary, ".", Function/binary>> = Text,
            [Module, Function]
    end.

qualified(<<"Elixir.", _/binary>> = Name) -> Name;
qualified(Name) -> <<"Elixir.", Name/binary>>.

find(Setting, ModuleName, FunctionName, Known) ->
    case load(ModuleName) of
        {ok, Module} ->
            case arity(Module, FunctionName) of
                {ok, Function, Arity} -> {ok, {Module, Function, Arity}};
                none -> failed(missing_function(Module, ModuleName, FunctionName), Setting, Known)
            end;
        none ->
            failed(["this package has no module ", short(ModuleName)], Setting, Known)
    end.

load(Name) ->
    try binary_to_existing_atom(Name, utf8) of
        Module ->
            case code:ensure_loaded(Module) of
                {module, Module} -> {ok, Module};
                {error, _} -> none
            end
    catch error:badarg -> none
    end.

arity(Module, FunctionName) ->
    try binary_to_existing_atom(FunctionName, utf8) of
        Function ->
            case [Arity || Arity <- [1, 2], erlang:function_exported(Module, Function, Arity)] of
                [Arity | _] -> {ok, Function, Arity};
                [] -> none
            end
    catch error:badarg -> none
    end.

missing_function(Module, ModuleName, FunctionName) ->
    Others = [Arity || {Name, Arity} <- Module:module_info(exports), atom_to_binary(Name, utf8) =:= FunctionName],
    case Others of
        [] -> [short(ModuleName), " has no function ", FunctionName, "/1"];
        [Arity | _] ->
            [short(ModuleName), ".", FunctionName, " takes ", integer_to_binary(Arity),
             " arguments; a handler takes one (event) or two (event, context)"]
    end.

short(<<"Elixir.", Name/binary>>) -> Name.

failed(Problem, Setting, Known) ->
    {failed, mayfly_error:document(
        <<"Runtime.HandlerNotFound">>,
        ["Handler not found: ", Problem, ".", near(Setting, Known), listed(Known)],
        []
    )}.

near(Setting, Known) ->
    Scored = [{similarity(Setting, One), One} || One <- Known],
    Near = [One || {Score, One} <- lists:reverse(lists:sort(Scored)), Score > 0.8],
    case lists:sublist(Near, ?MAX_NEAR) of
        [] -> [];
        Few -> [" Did you mean ", lists:join(" or ", Few), "?"]
    end.

%% A module in common says nothing about the function.
similarity(A, B) ->
    case {split(A), split(B)} of
        {[Module, FunctionA], [Module, FunctionB]} -> 'Elixir.String':jaro_distance(FunctionA, FunctionB);
        _ -> 'Elixir.String':jaro_distance(plain(A), plain(B))
    end.

plain(<<"Elixir.", Name/binary>>) -> Name;
plain(Name) -> Name.

listed([]) -> [];
listed(Known) -> [" This package has: ", lists:join(", ", Known), "."].
