%% Makes the folder `beam` of a package from what `mix release` assembled.
-module(mayfly_release).
-export([main/1]).

-include_lib("kernel/include/file.hrl").

-define(HANDLER_FLAGS, ["-sbwt", "none", "-sbwtdcpu", "none", "-sbwtdio", "none", "-swt", "low",
                        "-SDcpu", "1:1", "-SDio", "2", "-fnu",
                        %% Their tables are filled at the start: for 262144 processes or more that takes 2 ms. Lambda
                        %% has 1024 descriptors.
                        "-P", "65536", "-Q", "4096"]).
-define(PROGRAMS, ["beam.smp", "erl_child_setup", "inet_gethost"]).

%% Agent and Tools are folders with compiled modules, Release is the folder that mix made, Out becomes `beam`,
%% BuildPath is mix's, Root the project. Answers with what the build shows.
main([Agent, Tools, Release, Out, BuildPath, Root]) ->
    {Erts, Version} = versions(Release),
    %% Elixir itself among it: for what has to be evaluated, and for the behaviours whose callbacks are no handlers.
    code:add_pathsz(filelib:wildcard(filename:join([Release, "lib", "*", "ebin"]))),
    Plain = mayfly_boot:read(Release, Version),
    Home = filename:join([Out, "lib", "mayfly_agent", "ebin"]),
    copy_tools(Release, Erts, Out),
    [copy_application(Release, Application, Out) || Application <- mayfly_boot:applications(Plain)],
    copy_tree(filename:join([Release, "releases", Version, "consolidated"]), filename:join([Out, "releases", Version, "consolidated"])),
    copy_overlays(Release, [mayfly_boot:release_name(Plain), "-", Version, ".tar.gz"], Out),
    copy_agent(Agent, Home, mayfly_boot:modules(Plain)),
    Compiled = mayfly_runtime_exs:compile(mayfly_boot:config(Plain), Release, Out),
    Script = mayfly_boot:prepare(mayfly_boot:with_runtime_config(Compiled, Plain), Out),
    mayfly_boot:has_provider(Script) andalso copy_configuration(Release, Version, Out),
    Handlers = mayfly_exports:handlers(BuildPath, Root, mayfly_boot:modules(Script)),
    Names = lists:usort([Name || #{<<"handler">> := Name, <<"listed">> := true} <- Handlers]),
    {Flags, Environment, FlagWarnings} = mayfly_vm_args:read(filename:join([Release, "releases", Version, "vm.args"])),
    Manifest = manifest(Erts, mayfly_boot:release_name(Plain), Version, Flags, Environment, Names),
    Options = #{json => json_library(Script), handlers => Names, unicode => mayfly_stand_in:compile()},

    Boot = filename:join([Out, "releases", Version, "mayfly.boot"]),
    ok = mayfly_boot:write_profiling(Script, Options, Boot, Tools),
    Loaded = mayfly_profile:run(Out, Manifest),
    ok = mayfly_boot:write(Script, Options, Boot, Loaded, Out),
    Files = [maps:get(<<"command">>, Manifest) | mayfly_boot:files(Boot, Out)],
    ok = file:write_file(filename:join(Out, "mayfly.json"), [mayfly_json:encode(Manifest), $\n]),
    ok = file:write_file(filename:join(Out, "launch"), launch(Manifest, Files)),
    #{
        <<"handlers">> => Handlers,
        <<"warnings">> => mayfly_boot:warnings(Script) ++ FlagWarnings ++ own_environment(Release, Version),
        <<"erts">> => list_to_binary(Erts),
        <<"json">> => atom_to_binary(maps:get(json, Options), utf8)
    }.

versions(Release) ->
    case file:read_file(filename:join([Release, "releases", "start_erl.data"])) of
        {ok, Data} ->
            [Erts, Version] = string:lexemes(binary_to_list(Data), " \n"),
            filelib:is_dir(filename:join(Release, "erts-" ++ Erts)) orelse
                throw({problem, <<"no-erts">>, ""}),
            {Erts, Version};
        {error, _} ->
            throw({problem, <<"other">>, "mix release left no releases/start_erl.data behind."})
    end.

copy_tools(Release, Erts, Out) ->
    [take(filename:join([Release, "erts-" ++ Erts, "bin", Program]),
          filename:join([Out, "erts-" ++ Erts, "bin", Program])) || Program <- ?PROGRAMS].

copy_application(Release, Application, Out) ->
    From = filename:join([Release, "lib", Application]),
    [copy_tree(filename:join(From, Part), filename:join([Out, "lib", Application, Part])) || Part <- ["ebin", "priv"]].

copy_configuration(Release, Version, Out) ->
    From = filename:join([Release, "releases", Version]),
    To = filename:join([Out, "releases", Version]),
    [copy(filename:join(From, File), filename:join(To, File))
     || File <- ["sys.config", "runtime.exs"], filelib:is_regular(filename:join(From, File))].

%% What the project adds to its release, by overlays or steps of its own; not programs and scripts, which nobody starts.
copy_overlays(Release, Archive, Out) ->
    {ok, Names} = file:list_dir(Release),
    OfMix = ["bin", "lib", "releases", lists:flatten(Archive)],
    [copy_any(filename:join(Release, Name), filename:join(Out, Name))
     || Name <- Names -- OfMix, not lists:prefix("erts-", Name)].

copy_any(From, To) ->
    case filelib:is_dir(From) of
        true -> copy_tree(From, To);
        false -> copy(From, To)
    end.

%% A project that has a module `Mayfly` keeps its own.
copy_agent(Agent, Home, Modules) ->
    [copy(File, filename:join(Home, filename:basename(File)))
     || File <- filelib:wildcard(filename:join(Agent, "*.beam")),
        not lists:member(list_to_atom(filename:basename(File, ".beam")), Modules)].

copy_tree(From, To) ->
    [take(filename:join(From, Path), filename:join(To, Path))
     || Path <- filelib:wildcard("**", From), filelib:is_regular(filename:join(From, Path))].

%% Out of the release, which is thrown away afterwards. Nothing here writes to a file that is there: it can be the same.
take(From, To) ->
    ok = filelib:ensure_dir(To),
    case file:read_link_info(From) of
        {ok, #file_info{type = regular}} -> file:make_link(From, To) =:= ok orelse copy(From, To);
        _ -> copy(From, To)
    end.

copy(From, To) ->
    ok = filelib:ensure_dir(To),
    {ok, _} = file:copy(From, To),
    {ok, Info} = file:read_file_info(From),
    ok = file:write_file_info(To, Info).

%% The order in which a project's library is looked for is that of what results were written with: Jason is
%% the original's, and protocols are derived for it. Without any it is OTP's (27 and newer), or the agent's own.
json_library(Script) ->
    Modules = mayfly_boot:modules(Script),
    Known = [{'Elixir.Jason', 'Elixir.Jason'}, {'Elixir.JSON', 'Elixir.JSON'}, {'Elixir.Poison', 'Elixir.Poison'},
             {json, mayfly_otp_json}],
    case [Library || {Module, Library} <- Known, lists:member(Module, Modules)] of
        [First | _] -> First;
        [] -> mayfly_json
    end.

manifest(Erts, Name, Version, Flags, Environment, Handlers) ->
    Programs = list_to_binary(["erts-", Erts, "/bin"]),
    Arguments = ?HANDLER_FLAGS ++ maps:get(emulator, Flags) ++
        ["--", "-root", "$ROOT", "-bindir", ["$ROOT/erts-", Erts, "/bin"], "-progname", "erl", "--", "-home", "/tmp",
         "--", "-noshell", "-noinput", "-code_path_choice", "strict", "-boot", ["$ROOT/releases/", Version, "/mayfly"] | maps:get(init, Flags)],
    #{
        <<"version">> => 1,
        <<"command">> => <<Programs/binary, "/beam.smp">>,
        <<"args">> => [unicode:characters_to_binary(One) || One <- Arguments],
        <<"env">> => maps:merge(Environment, #{
            <<"BINDIR">> => <<"$ROOT/", Programs/binary>>,
            <<"ROOTDIR">> => <<"$ROOT">>,
            <<"EMU">> => <<"beam">>,
            <<"PROGNAME">> => <<"erl">>,
            <<"RELEASE_ROOT">> => <<"$ROOT">>,
            <<"RELEASE_NAME">> => unicode:characters_to_binary(Name),
            <<"RELEASE_VSN">> => list_to_binary(Version),
            <<"RELEASE_SYS_CONFIG">> => list_to_binary(["$ROOT/releases/", Version, "/sys"]),
            <<"ERL_CRASH_DUMP_SECONDS">> => <<"0">>
        }),
        <<"handlers">> => Handlers
    }.

%% The same for launcher/launcher.c, and the files that a start reads.
launch(#{<<"command">> := Command, <<"args">> := Args, <<"env">> := Environment}, Files) ->
    Variables = [[Name, $=, Value] || {Name, Value} <- maps:to_list(Environment)],
    [[[Text, 0] || Text <- [["$ROOT/", Command] | Args]], 0, [[Text, 0] || Text <- Variables], 0,
     [["$ROOT/", File, 0] || File <- Files], 0].

own_environment(Release, Version) ->
    {ok, Text} = file:read_file(filename:join([Release, "releases", Version, "env.sh"])),
    Lines = [Line || Line <- string:lexemes(Text, "\r\n"), binary:first(string:trim(<<Line/binary, "#">>)) =/= $#],
    case Lines of
        [] -> [];
        _ -> [<<"rel/env.sh.eex is not run on Lambda: set the function's environment variables instead.">>]
    end.
