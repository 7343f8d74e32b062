%% Compiles config/runtime.exs to a module, where that has the same effect as evaluating it at the start.
-module(mayfly_runtime_exs).
-export([compile/3]).

-define(MODULE_NAME, 'Elixir.Mayfly.RuntimeConfig').

%% Answers with the argument of mayfly_config:boot/1, or `none` when
%% there is nothing to compile or the release's own way has to stay: other providers, an unusual file.
-spec compile(Config :: list(), Release :: file:filename(), Out :: file:filename()) -> {ok, map()} | none.
compile(Config, Release, Out) ->
    case proplists:get_value(config_provider_init, proplists:get_value(elixir, Config, [])) of
        #{providers := [{'Elixir.Config.Reader', {Path, Options}}], extra_config := [], validate_compile_env := CompileEnv} ->
            try
                Home = filename:join([Out, "lib", "mayfly_agent", "ebin"]),
                ok = to_module(file(Path, Release), Home),
                {ok, #{
                    module => ?MODULE_NAME,
                    env => proplists:get_value(env, Options),
                    target => proplists:get_value(target, Options),
                    base => [{App, proplists:delete(config_provider_init, Values)} || {App, Values} <- Config],
                    compile_env => CompileEnv
                }}
            catch _:_ -> none
            end;
        _ -> none
    end.

file({system, <<"RELEASE_ROOT">>, Path}, Release) -> filename:join(Release, string:trim(Path, leading, "/")).

to_module(File, Home) ->
    {ok, _} = application:ensure_all_started(elixir),
    {ok, Source} = file:read_file(File),
    Shown = <<"config/runtime.exs">>,
    Code = 'Elixir.Code':'string_to_quoted!'(Source, [{file, Shown}]),
    Function = {def, [], [{run, [], []}, [{do, Code}]]},
    [{?MODULE_NAME, Beam}] = 'Elixir.Code':compile_quoted({defmodule, [], [?MODULE_NAME, [{do, Function}]]}, Shown),
    {ok, {_, Stripped}} = beam_lib:strip(Beam),
    file:write_file(filename:join(Home, atom_to_list(?MODULE_NAME) ++ ".beam"), Stripped).
