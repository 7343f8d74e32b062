%% Which functions of the project can be handlers: what its modules export with one or two parameters. Callbacks of
%% behaviours, functions that macros of libraries wrote and those hidden with `@doc false` are handlers only for whoever names them.
-module(mayfly_exports).
-export([handlers/3]).

-define(GENERATED, [child_spec, start_link, exception, message, module_info, behaviour_info]).

%% `Modules` are those of the release; their compiled files are looked up under mix's build path, where debug
%% chunks are still in them.
-spec handlers(file:filename(), file:filename(), [module()]) -> [map()].
handlers(Compiled, Root, Modules) ->
    Folders = filelib:wildcard(filename:join([Compiled, "lib", "*", "ebin"])),
    code:add_pathsz(Folders),
    Files = lists:append([filelib:wildcard(filename:join(Folder, "Elixir.*.beam")) || Folder <- Folders]),
    Umbrella = apps_path(Root),
    Own = fun(Module) -> is_own(Module, Files, Root, Umbrella) end,
    Found = lists:append([in_file(File, Root, Umbrella, Modules, Own) || File <- Files]),
    lists:sort(fun(#{<<"handler">> := A}, #{<<"handler">> := B}) -> A =< B end, Found).

in_file(File, Root, Umbrella, Modules, Own) ->
    Wanted = [exports, attributes, compile_info],
    case beam_lib:chunks(File, Wanted) of
        {ok, {Module, [{exports, Exports}, {attributes, Attributes}, {compile_info, Info}]}} ->
            case source(proplists:get_value(source, Info), Root, Umbrella) of
                {ok, Source} ->
                    case lists:member(Module, Modules) andalso not is_protocol(Exports) of
                        true -> describe(Module, functions(File, Exports, Attributes, Own), Source);
                        false -> []
                    end;
                none -> []
            end;
        _ -> []
    end.

%% A protocol, or an implementation of one.
is_protocol(Exports) ->
    lists:member({'__impl__', 1}, Exports) orelse lists:member({'__protocol__', 1}, Exports).

%% From the project's root; none for a dependency.
source(undefined, _, _) -> none;
source(Path, Root, Umbrella) ->
    case string:prefix(Path, Root ++ "/") of
        nomatch -> none;
        "deps/" ++ _ -> none;
        Relative ->
            case is_dependency(filename:dirname(Relative), Root, Umbrella) of
                true -> none;
                false -> {ok, unicode:characters_to_binary(Relative)}
            end
    end.

%% A project inside of this one, unless this one is an umbrella over it.
is_dependency(".", _, _) -> false;
is_dependency(Folder, Root, Umbrella) ->
    not (Umbrella =/= none andalso lists:prefix(Umbrella ++ "/", Folder)) andalso
        (filelib:is_regular(filename:join([Root, Folder, "mix.exs"])) orelse
            is_dependency(filename:dirname(Folder), Root, Umbrella)).

%% Where an umbrella's projects are, as its mix.exs writes it.
apps_path(Root) ->
    {ok, Text} = file:read_file(filename:join(Root, "mix.exs")),
    case re:run(Text, "\\bapps_path:\\s*\"(?:\\./)?([^\"]+)\"", [{capture, all_but_first, list}]) of
        {match, [Path]} -> Path;
        nomatch -> none
    end.

functions(File, Exports, Attributes, Own) ->
    Behaviours = lists:append(proplists:get_all_values(behaviour, Attributes) ++
                              proplists:get_all_values(behavior, Attributes)),
    Callbacks = lists:append([callbacks(Behaviour) || Behaviour <- Behaviours]),
    Hidden = hidden(File) ++ [Function || {Function, Generator} <- generated(File), not Own(Generator)],
    Possible = lists:ukeysort(1, lists:sort([{Name, Arity} || {Name, Arity} <- Exports,
        Arity =:= 1 orelse Arity =:= 2,
        Name =/= module_info,
        not is_internal(atom_to_list(Name))])),
    [{Name, Arity, not lists:member(Name, ?GENERATED) andalso not lists:member({Name, Arity}, Callbacks ++ Hidden)}
     || {Name, Arity} <- Possible].

is_internal("__" ++ _) -> true;
is_internal("MACRO-" ++ _) -> true;
is_internal(_) -> false.

callbacks(Behaviour) ->
    try Behaviour:behaviour_info(callbacks)
    catch error:undef -> []
    end.

hidden(File) ->
    case beam_lib:chunks(File, ["Docs"]) of
        {ok, {_, [{"Docs", Chunk}]}} ->
            {docs_v1, _, _, _, _, _, Docs} = binary_to_term(Chunk),
            [{Name, Arity} || {{function, Name, Arity}, _, _, hidden, _} <- Docs];
        _ -> []
    end.

%% What macros wrote, such as those of `use Ecto.Repo`, with the module whose macro it was.
generated(File) ->
    case beam_lib:chunks(File, [debug_info]) of
        {ok, {_, [{debug_info, {debug_info_v1, elixir_erl, {elixir_v1, #{definitions := Definitions}, _}}}]}} ->
            [{Function, Generator} || {Function, _, Meta, _} <- Definitions,
                {context, Generator} <- Meta];
        _ -> []
    end.

%% `defdelegate` is a macro too, and the function one of the project's.
is_own('Elixir.Kernel', _, _, _) -> true;
is_own(Module, Files, Root, Umbrella) ->
    Name = atom_to_list(Module) ++ ".beam",
    lists:any(fun(File) -> filename:basename(File) =:= Name andalso in_project(File, Root, Umbrella) end, Files).

in_project(File, Root, Umbrella) ->
    case beam_lib:chunks(File, [compile_info]) of
        {ok, {_, [{compile_info, Info}]}} -> source(proplists:get_value(source, Info), Root, Umbrella) =/= none;
        _ -> false
    end.

describe(Module, Functions, Source) ->
    [#{
        <<"handler">> => unicode:characters_to_binary([atom_to_list(Module), ".", atom_to_list(Name)]),
        <<"arity">> => Arity,
        <<"file">> => Source,
        <<"listed">> => Listed
     } || {Name, Arity, Listed} <- Functions].
