%% Init: brings the release up step by step, so that whatever goes wrong becomes an error document.
-module(mayfly_start).
-export([run/2]).
-export_type([step/0, options/0]).

-type step() :: {apply, {module(), atom(), [term()]}}.
-type options() :: #{json := atom(), handlers := [binary()], unicode := binary()}.

-spec run([step()], options()) -> {ok, {module(), atom(), 1 | 2} | none} | {failed, map()}.
run(Steps, Options) ->
    try
        mayfly_log:install(),
        Output = mayfly_io:start(2, atomics:new(1, [])),
        %% What the applications write goes to the group leader of the process that starts them.
        group_leader(Output, self()),
        group_leader(Output, whereis(application_controller)),
        replace_standard_error(),
        %% First in any order of steps: config providers start it too.
        mayfly_unicode:during(maps:get(unicode, Options), fun() -> start_elixir(Steps) end),
        lists:foreach(fun step/1, Steps),
        mayfly_log:apply_level(),
        mayfly_handler:resolve(os:getenv("_HANDLER"), maps:get(handlers, Options))
    catch
        throw:{mayfly_failed, Document} -> {failed, Document};
        Class:Reason:Stack -> {failed, mayfly_error:init(Class, Reason, Stack)}
    end.

start_elixir(Steps) ->
    [start(Name) || {apply, {application, start_boot, [Name, _]}} <- Steps, Name =:= compiler orelse Name =:= elixir],
    ok.

step({apply, {application, start_boot, [Application, Type]}}) ->
    start(Application),
    mayfly_agent:watch(Application, Type, application_controller:get_master(Application)),
    Application =:= logger andalso mayfly_log:replace_console();
step({apply, {Module, Function, Args}}) ->
    apply(Module, Function, Args).

%% Whatever its type: a permanent application that fails takes the virtual machine down before the reason can be
%% told. What the type says of its end later is the agent's task.
start(Application) ->
    case application:start(Application, temporary) of
        ok -> ok;
        {error, {already_started, Application}} -> ok;
        {error, Reason} -> throw({mayfly_failed, mayfly_error:application(Application, Reason)})
    end.

replace_standard_error() ->
    Errors = mayfly_io:start_for_errors(),
    whereis(standard_error) =:= undefined orelse unregister(standard_error),
    register(standard_error, Errors),
    ok.
