%% Applies config/runtime.exs, which the build has compiled: reading and evaluating the source at each start takes
%% longer than starting most applications. The effect is that of Elixir's Config.Provider.
-module(mayfly_config).
-export([boot/1]).

%% `module` has the configuration's code in run/0, `base` is the configuration known when building, which the
%% result is merged into; `compile_env` is what Config.Provider validates, or false.
-spec boot(#{module := module(), env := atom(), target := atom(), base := list(), compile_env := term()}) -> ok.
boot(#{module := Module, env := Env, target := Target, base := Base, compile_env := CompileEnv}) ->
    {ok, _} = application:ensure_all_started(elixir),
    put({'Elixir.Config', opts}, {Env, Target}),
    put({'Elixir.Config', config}, []),
    put({'Elixir.Config', imports}, disabled),
    Returned = Module:run(),
    Settings = case get({'Elixir.Config', config}) of
        [] when is_list(Returned) -> Returned;
        Config -> Config
    end,
    [erase({'Elixir.Config', Key}) || Key <- [opts, config, imports]],
    Known = [{App, Values} || {App, Values} <- Base, lists:keymember(App, 1, Settings)],
    Merged = 'Elixir.Config.Reader':merge(Known, Settings),
    ok = 'Elixir.Application':put_all_env(Merged, [{persistent, true}]),
    CompileEnv =:= false orelse 'Elixir.Config.Provider':validate_compile_env(CompileEnv),
    ok.
