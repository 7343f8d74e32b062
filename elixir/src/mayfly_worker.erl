%% A process that runs the handler, one invocation after the other. It lives on between them, so that what a
%% handler keeps in its process (dictionary, ETS tables) is still there, and it may die: the agent answers then.
-module(mayfly_worker).
-export([start/2, answer_for_dead/2, tell_stack/2]).
-export([loop/4]).

%% Of the function's memory, for the worker's own heap: the rest is for binaries, other processes and the parent.
-define(HEAP_SHARE, 0.7).

-type call() :: {module(), atom(), 1 | 2}.

%% Monitored by the caller.
-spec start(pid(), call()) -> pid().
start(Agent, Call) ->
    Flush = atomics:new(1, []),
    Leader = mayfly_io:start(2, Flush),
    {Worker, _} = spawn_opt(
        fun() ->
            group_leader(Leader, self()),
            mayfly_io:follow(Leader, self()),
            loop(Agent, Call, Leader, Flush)
        end,
        [monitor | heap_limit(os:getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"))]
    ),
    Worker.

heap_limit(false) -> [];
heap_limit(Text) ->
    try list_to_integer(Text) of
        Megabytes when Megabytes > 0 ->
            Words = trunc(Megabytes * 1048576 * ?HEAP_SHARE) div erlang:system_info(wordsize),
            [{max_heap_size, #{size => Words, kill => true, error_logger => true}}];
        _ -> []
    catch error:badarg -> []
    end.

loop(Agent, Call, Leader, Flush) ->
    receive
        {mayfly_invoke, Id, Deadline, Context, Event} ->
            mayfly_invocations:put(Leader, self(), Id, Deadline, Context),
            Answer = answer(Id, Call, Event),
            %% Text without a line break at its end.
            atomics:get(Flush, 1) =:= 1 andalso mayfly_io:flush(Leader),
            mayfly_agent:send(Answer),
            mayfly_invocations:done(Leader),
            Agent ! {mayfly_done, self()},
            loop(Agent, Call, Leader, Flush)
    end.

answer(Id, Call, Event) ->
    case mayfly_codec:decode_event(Event) of
        {ok, Decoded} ->
            try result(Id, apply_handler(Call, Decoded))
            catch Class:Reason:Stack -> failure(Id, mayfly_error:caught(Class, Reason, Stack))
            end;
        {error, Problem} ->
            failure(Id, mayfly_error:malformed_event(Problem))
    end.

apply_handler({Module, Function, 1}, Event) -> Module:Function(Event);
apply_handler({Module, Function, 2}, Event) -> Module:Function(Event, mayfly_context:context()).

result(Id, {ok, Value}) -> encoded(Id, Value);
result(Id, {error, Reason}) -> failure(Id, 1, mayfly_error:returned(Reason));
result(Id, Value) ->
    mayfly_error:warn_plain_result(Id, Value),
    encoded(Id, Value).

encoded(Id, Value) ->
    case mayfly_codec:encode_result(Value) of
        {ok, Json} -> [$O, byte_size(Id), Id, Json];
        {error, Document} -> failure(Id, Document)
    end.

failure(Id, Document) -> failure(Id, 0, Document).

failure(Id, Expected, Document) ->
    [$E, Expected, byte_size(Id), Id, mayfly_json:encode(Document)].

%% In a process of its own: putting an error into words is too much work for the agent.
-spec answer_for_dead(binary(), term()) -> pid().
answer_for_dead(Id, Reason) ->
    soon(fun() -> mayfly_agent:send(failure(Id, mayfly_error:died(Reason))) end).

%% The stack is taken at once, since the process is about to be killed.
-spec tell_stack(pid(), binary()) -> pid() | ok.
tell_stack(Worker, Id) ->
    case process_info(Worker, current_stacktrace) of
        {current_stacktrace, Stack} ->
            soon(fun() ->
                mayfly_agent:send([$S, byte_size(Id), Id, mayfly_json:encode(mayfly_error:frames(Stack))])
            end);
        undefined -> ok
    end.

%% Before handlers that keep the processor busy.
soon(Work) -> spawn_opt(Work, [{priority, high}]).
