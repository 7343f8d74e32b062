%% The boot file: what the release's own would do, in an order that starts fast. All modules that a start needs
%% are loaded in one batch, which the loader does in parallel; others when they are called first. The steps after
%% stdlib's start are left to the agent, so that a failing one becomes an error document.
-module(mayfly_boot).
-export([read/2, with_runtime_config/2, prepare/2, has_provider/1, release_name/1, config/1, applications/1, modules/1, warnings/1, write_profiling/4, write/5, files/2]).

%% For the shell, remote inspection and hot upgrades: nothing of that exists on Lambda.
-define(UNWANTED, [sasl, iex, runtime_tools, observer_cli, wx, observer]).
%% Loaded by a plain boot too, but needed only by flags that are not used here, or by functions that open files for
%% other processes or log in the way of long ago.
-define(UNUSED, [erl_parse, erl_lint, erl_eval, file_io_server, error_logger]).
%% Modules of the project and its dependencies are loaded at the start up to this size; beyond, when they are
%% called. Bytes.
-define(MAX_OWN_BYTES, 262144).

%% Modules of kernel's distribution services.
-define(DISTRIBUTION, [global, global_group, net_kernel, rpc, erpc, erl_boot_server, pg, 'Elixir.Node']).
%% Applications of Erlang and Elixir that do without it. Others, such as mnesia, may want it.
-define(UNDISTRIBUTED, [kernel, stdlib, compiler, elixir, logger, eex, crypto, asn1, public_key, ssl, inets,
                        xmerl, syntax_tools, parsetools]).
-define(PROVIDER, {apply, {'Elixir.Config.Provider', boot, []}}).
%% What a compiled config/runtime.exs needs, which profiling doesn't run since it belongs to the project.
-define(RUNTIME_CONFIG, [mayfly_config, 'Elixir.Mayfly.RuntimeConfig', 'Elixir.Config', 'Elixir.Config.Reader',
                         'Elixir.Keyword', 'Elixir.System', 'Elixir.Application', 'Elixir.Enum']).

%% An opaque map; `specs` are the wanted applications in the order of their start.
read(Release, Version) ->
    Folder = filename:join([Release, "releases", Version]),
    {ok, [{script, Name, Instructions}]} = file:consult(filename:join(Folder, "start.script")),
    {ok, [Config]} = file:consult(filename:join(Folder, "sys.config")),
    Specs = [Spec || Instruction <- Instructions, {ok, Spec} <- [specification(Instruction)]],
    Wanted = wanted(Specs),
    #{
        name => Name,
        version => Version,
        instructions => Instructions,
        config => provider(Config),
        release => Release,
        specs => [Spec || {application, App, _} = Spec <- Specs, lists:member(App, Wanted)],
        steps => steps(Instructions, Wanted),
        own => own_applications(Instructions, Wanted),
        reboot => reboots(Config),
        early => []
    }.

release_name(#{name := {Name, _}}) -> Name.

config(#{config := Config}) -> Config.

%% Looks at the modules in the package: what the project never mentions doesn't have to be started.
prepare(Script, Out) ->
    Atoms = atoms(Script, Out),
    Others = [App || {application, App, _} <- maps:get(specs, Script)] -- (?UNDISTRIBUTED ++ maps:get(own, Script)),
    Mentioned = lists:any(fun(Atom) -> lists:member(Atom, Atoms) end, ?DISTRIBUTION),
    Script#{atoms => Atoms, distribution => Mentioned orelse Others =/= []}.

%% config/runtime.exs has been compiled: the agent applies it.
with_runtime_config(none, Script) -> Script;
with_runtime_config({ok, Settings}, #{steps := Steps} = Script) ->
    Script#{steps := [case Step of ?PROVIDER -> {apply, {mayfly_config, boot, [Settings]}}; _ -> Step end || Step <- Steps],
            early := ?RUNTIME_CONFIG}.

has_provider(#{steps := Steps}) -> lists:member(?PROVIDER, Steps).

specification({kernelProcess, application_controller, {application_controller, start, [Spec]}}) -> {ok, Spec};
specification({apply, {application, load, [Spec]}}) -> {ok, Spec};
specification(_) -> none.

%% Everything that an application outside of the unwanted ones depends on.
wanted(Specs) ->
    Names = [App || {application, App, _} <- Specs],
    Unwanted = ?UNWANTED ++ [App || {application, mayfly = App, Keys} <- Specs, is_original(Keys)],
    Needed = lists:usort(lists:append([needs(Keys) || {application, _, Keys} <- Specs])),
    Roots = [kernel, stdlib, elixir, logger] ++ (Names -- Needed),
    Left = closure(Roots -- Unwanted, Specs, Unwanted, []),
    [App || App <- Names, lists:member(App, Left)].

%% The runtime of that name that came before this one, as a dependency: it would poll for invocations itself.
is_original(Keys) -> lists:member('Elixir.Mayfly.Loop', proplists:get_value(modules, Keys, [])).

closure([], _, _, Done) -> Done;
closure([App | Rest], Specs, Unwanted, Done) ->
    case {lists:member(App, Done), lists:keyfind(App, 2, Specs)} of
        {false, {application, App, Keys}} -> closure((needs(Keys) -- Unwanted) ++ Rest, Specs, Unwanted, [App | Done]);
        _ -> closure(Rest, Specs, Unwanted, Done)
    end.

needs(Keys) ->
    proplists:get_value(applications, Keys, []) ++ proplists:get_value(included_applications, Keys, []).

%% After stdlib's start: config providers and the applications.
steps(Instructions, Wanted) ->
    After = tl(lists:dropwhile(fun(One) -> One =/= {apply, {application, start_boot, [stdlib, permanent]}} end, Instructions)),
    [Step || {apply, Call} = Step <- After, is_wanted(Call, Wanted)].

is_wanted({application, start_boot, [App, _]}, Wanted) -> lists:member(App, Wanted);
is_wanted(_, _) -> true.

%% Those that come from the project and its dependencies, rather than from Erlang or Elixir.
own_applications(Instructions, Wanted) ->
    Folders = lists:usort([Path || {path, Paths} <- Instructions, "$RELEASE_LIB/" ++ _ = Path <- Paths]),
    Names = [list_to_atom(name(Path)) || Path <- Folders, filename:basename(Path) =:= "ebin"],
    [App || App <- Names, lists:member(App, Wanted)] -- [elixir, logger, eex, mix, ex_unit, iex].

name(Path) ->
    [Name | _] = string:split(filename:basename(filename:dirname(Path)), "-", trailing),
    Name.

%% A restart of the virtual machine in the middle of its start would cost a second one.
provider(Config) ->
    case lists:keyfind(elixir, 1, Config) of
        {elixir, [_ | _] = Elixir} ->
            case lists:keyfind(config_provider_init, 1, Elixir) of
                {_, #{reboot_system_after_config := true} = Provider} ->
                    Changed = {config_provider_init, Provider#{reboot_system_after_config := false}},
                    lists:keystore(elixir, 1, Config, {elixir, lists:keystore(config_provider_init, 1, Elixir, Changed)});
                _ -> Config
            end;
        _ -> Config
    end.

reboots(Config) -> provider(Config) =/= Config.

%% Folder names under lib.
applications(#{specs := Specs}) -> [folder(Spec) || Spec <- Specs].

folder({application, App, Keys}) -> atom_to_list(App) ++ "-" ++ proplists:get_value(vsn, Keys).

modules(#{specs := Specs}) ->
    lists:append([proplists:get_value(modules, Keys, []) || {application, _, Keys} <- Specs]).

warnings(#{reboot := true}) ->
    [<<"reboot_system_after_config has no effect on Lambda: the configuration is applied without a restart.">>];
warnings(_) -> [].

%% Loads as a plain boot does, starts nothing of the project and serves 'Elixir.MayflyProfile'.
write_profiling(#{steps := Steps, own := Own, instructions := Instructions} = Script, Options, File, Tools) ->
    Without = [Step || {apply, {application, start_boot, [App, _]}} = Step <- Steps, not lists:member(App, Own)],
    [{primLoad, Kernel} | _] = [Load || {primLoad, _} = Load <- Instructions],
    First = [proplists | Kernel],
    write_term(boot(Script, Without, Options#{atoms => ['Elixir.MayflyProfile']}, [{primLoad, First}], [Tools]), File).

%% `Loaded` are the modules that profiling found in use.
write(#{steps := Steps, early := Early} = Script, #{json := Json} = Options, File, Loaded, Out) ->
    Own = own_modules(Script, Json, Out),
    Start = largest_first(lists:usort((Loaded -- ?UNUSED) ++ Own ++ Early), Script, Out),
    %% So that String.to_existing_atom/1 finds them although their modules are not loaded yet.
    Known = Options#{atoms => maps:get(atoms, Script)},
    write_term(boot(Script, Steps, Known, bundle(Start, Script, File, Out), []), File).

%% Writes the modules' code into one file and answers with the instructions that load it.
bundle(Modules, Script, File, Out) ->
    Read = [entry(Module, Script, Out) || Module <- Modules -- [mayfly_loader]],
    {WithHook, Plain} = lists:partition(fun has_on_load/1, Read),
    Bundle = filename:rootname(File) ++ ".code",
    ok = file:write_file(Bundle, term_to_binary(Plain)),
    [{primLoad, [mayfly_loader]}, {apply, {mayfly_loader, load, [string:prefix(Bundle, Out)]}}] ++
        [{primLoad, [Module || {Module, _, _} <- WithHook]} || WithHook =/= []].

%% What a start reads, from Out.
files(File, Out) ->
    Written = [filename:rootname(string:prefix(File, Out ++ "/")) ++ Extension || Extension <- [".boot", ".code"]],
    ["lib/mayfly_agent/ebin/mayfly_loader.beam" | Written].

entry(Module, Script, Out) ->
    File = file_of(Module, Script, Out),
    {ok, Code} = file:read_file(File),
    {Module, string:prefix(File, Out), Code}.

has_on_load({Module, _, Code}) -> erlang:has_prepared_code_on_load(erlang:prepare_loading(Module, Code)).

write_term(Term, File) ->
    ok = filelib:ensure_dir(File),
    file:write_file(File, term_to_binary(Term, [compressed])).

boot(#{name := Name, instructions := Instructions} = Script, Steps, Options, Load, Extra) ->
    Path = path(Script) ++ Extra,
    {preLoaded, _} = Preloaded = lists:keyfind(preLoaded, 1, Instructions),
    Kernel = [kernel_process(One, Script) || {kernelProcess, _, _} = One <- Instructions],
    Loads = [{apply, {application, load, [configured(Spec, Script)]}}
             || {application, App, _} = Spec <- maps:get(specs, Script), App =/= kernel],
    {script, Name,
        [Preloaded, {progress, preloaded}, {path, Path}] ++ Load ++
        [{kernel_load_completed}, {progress, kernel_load_completed}, {progress, modules_loaded}, {path, Path}] ++
        Kernel ++ [{progress, init_kernel_started}] ++ Loads ++
        [{progress, applications_loaded},
         {apply, {application, start_boot, [kernel, permanent]}},
         {apply, {application, start_boot, [stdlib, permanent]}},
         {apply, {mayfly_agent, boot, [Steps, Options]}},
         {progress, started}]}.

%% Consolidated protocols have to be found before those they replace.
path(#{version := Version} = Script) ->
    ["$ROOT/releases/" ++ Version ++ "/consolidated", "$ROOT/lib/mayfly_agent/ebin" |
     ["$ROOT/lib/" ++ Folder ++ "/ebin" || Folder <- applications(Script)]].

kernel_process({kernelProcess, application_controller, {Module, Start, [Spec]}}, Script) ->
    {kernelProcess, application_controller, {Module, Start, [configured(Spec, Script)]}};
kernel_process(Other, _) -> Other.

%% With sys.config merged in, so that no -config has to be parsed at the start.
configured({application, App, Keys}, #{config := Config, specs := Specs} = Script) ->
    Names = [Name || {application, Name, _} <- Specs],
    Settings = proplists:get_value(App, Config, []),
    Changes = [
        {env, fun(Env) -> adjust(App, merge(Env, Settings), Script) end},
        {applications, fun(Apps) -> [One || One <- Apps, lists:member(One, Names)] end}
    ],
    {application, App, lists:foldl(fun({Key, Change}, Known) ->
        lists:keystore(Key, 1, Known, {Key, Change(proplists:get_value(Key, Known, []))})
    end, Keys, Changes)}.

merge(Env, Settings) ->
    lists:foldl(fun({Key, Value}, Known) -> lists:keystore(Key, 1, Known, {Key, Value}) end, Env, Settings).

%% The agent brings its own handler; a console handler would only be started to be removed.
adjust(logger, Env, _) ->
    Backends = proplists:get_value(backends, Env),
    Quiet = lists:keystore(default_handler, 1, Env, {default_handler, false}),
    case is_list(Backends) of
        true -> lists:keystore(backends, 1, Quiet, {backends, Backends -- [console]});
        false -> Quiet
    end;
adjust(kernel, Env, #{distribution := false}) ->
    quiet(lists:keystore(start_distribution, 1, Env, {start_distribution, false}));
adjust(kernel, Env, _) -> quiet(Env);
adjust(_, Env, _) -> Env.

quiet(Env) ->
    case lists:keyfind(logger, 1, Env) of
        false -> [{logger, [{handler, default, undefined}]} | Env];
        _ -> Env
    end.

%% Whole applications, the project's own (which start last) before what they depend on.
own_modules(#{own := Own, specs := Specs} = Script, Json, Out) ->
    Applications = [Modules || {application, App, Keys} <- lists:reverse(Specs), lists:member(App, Own),
                               Modules <- [proplists:get_value(modules, Keys, [])],
                               %% Profiling knows what is used of it.
                               not lists:member(Json, Modules)],
    {Modules, _} = lists:foldl(fun(Candidates, {Chosen, Total}) ->
        Sizes = [{Module, size_of(Module, Script, Out)} || Module <- Candidates],
        case Total + lists:sum([Size || {_, Size} <- Sizes]) of
            Larger when Larger > ?MAX_OWN_BYTES -> {Chosen, Total};
            Sum -> {[Module || {Module, Size} <- Sizes, Size > 0] ++ Chosen, Sum}
        end
    end, {[], 0}, Applications),
    Modules.

%% The loader's work is spread best if the large ones come first.
largest_first(Modules, Script, Out) ->
    Sized = [{size_of(Module, Script, Out), Module} || Module <- Modules],
    [Module || {Size, Module} <- lists:reverse(lists:sort(Sized)), Size > 0].

%% 0 for a module that is not in the package: listing it would end the boot.
size_of(Module, Script, Out) ->
    case file_of(Module, Script, Out) of
        none -> 0;
        File -> filelib:file_size(File)
    end.

file_of(Module, Script, Out) ->
    Candidates = [lists:flatten(string:replace(Folder, "$ROOT", Out)) ++ "/" ++ atom_to_list(Module) ++ ".beam"
                  || Folder <- path(Script)],
    case [File || File <- Candidates, filelib:is_regular(File)] of
        [File | _] -> File;
        [] -> none
    end.

%% Of the project's and its dependencies' modules.
atoms(#{own := Own, specs := Specs}, Out) ->
    Files = [File || {application, App, _} = Spec <- Specs, lists:member(App, Own),
                     File <- filelib:wildcard(filename:join([Out, "lib", folder(Spec), "ebin", "*.beam"]))],
    lists:usort(lists:append([atoms_in(File) || File <- Files])).

atoms_in(File) ->
    {ok, {_, [{atoms, Atoms}]}} = beam_lib:chunks(File, [atoms]),
    [Atom || {_, Atom} <- Atoms].
