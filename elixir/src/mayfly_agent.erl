%% Serves invocations inside the virtual machine: owns the pipe to the bootstrap, starts the application,
%% hands events to workers and answers for workers that die. It runs no user code itself.
%% The frames are described in docs/decisions/0006-elixir-host.md.
-module(mayfly_agent).
-export([boot/2, watch/3, send/1, log/3]).

-define(IN, 3).
-define(OUT, 4).

%% The last instruction of the boot file. `Steps` are what the release's own boot file does after
%% starting stdlib, in order; `Options` are the build's choices, see mayfly_release.
-spec boot([mayfly_start:step()], mayfly_start:options()) -> ok.
boot(Steps, Options) ->
    Boot = self(),
    Agent = spawn_opt(fun() -> open(Boot, Options) end, [{priority, high}, {message_queue_data, off_heap}]),
    receive {Agent, opened} -> ok end,
    case mayfly_start:run(Steps, Options) of
        {ok, Call} ->
            Agent ! {serve, Call},
            ok;
        {failed, Document} ->
            send([$F, mayfly_json:encode(Document)]),
            erlang:halt(1)
    end.

%% When a permanent application ends, or a transient one fails, the virtual machine ends, as in any release.
-spec watch(atom(), permanent | transient | temporary, pid() | undefined) -> ok.
watch(Application, Type, Master) when Type =/= temporary, is_pid(Master) ->
    ?MODULE ! {watch, Application, Master},
    ok;
watch(_, _, _) -> ok.

%% From any process; waits while the parent does not read.
-spec send(iodata()) -> ok.
send(Frame) ->
    true = erlang:port_command(persistent_term:get(mayfly_port), Frame),
    ok.

%% Level 0 (trace) to 5 (fatal); `Id` is empty outside of an invocation.
-spec log(0..5, binary(), iodata()) -> ok.
log(Level, Id, Text) ->
    send([$L, Level, byte_size(Id), Id, Text]).

open(Boot, Options) ->
    process_flag(trap_exit, true),
    register(?MODULE, self()),
    Port = open_port({fd, ?IN, ?OUT}, [binary, {packet, 4}]),
    persistent_term:put(mayfly_port, Port),
    persistent_term:put(mayfly_json, maps:get(json, Options)),
    ok = mayfly_invocations:create(),
    Boot ! {self(), opened},
    starting(Port, #{}).

%% The parent may go away while the application starts.
starting(Port, Masters) ->
    receive
        {watch, Application, Master} ->
            monitor(process, Master),
            starting(Port, Masters#{Master => Application});
        {serve, Call} ->
            send(<<"R">>),
            serve(#{
                port => Port, call => Call, idle => [], busy => #{}, waiting => [], limit => limit(), masters => Masters
            });
        {'EXIT', Port, _} ->
            erlang:halt(0, [{flush, false}])
    end.

%% `busy` maps a worker to the request it serves; `waiting` are invocations that came before the one whose place
%% they take was over: an answer is with the parent a moment before its worker is idle. `masters` maps an
%% application's first process to its name.
serve(#{port := Port, idle := Idle, busy := Busy, masters := Masters} = State) ->
    receive
        {Port, {data, <<$I, Length, Id:Length/binary, Deadline:64, Size:32, Context:Size/binary, Event/binary>>}} ->
            serve(assign({mayfly_invoke, Id, Deadline, Context, Event}, State));
        {mayfly_done, Worker} ->
            serve(assign_waiting(State#{idle := [Worker | Idle], busy := maps:remove(Worker, Busy)}));
        {'DOWN', _, process, Master, Reason} when is_map_key(Master, Masters) ->
            %% Stopped by hand it ends normally.
            Reason =:= normal orelse application_ended(maps:get(Master, Masters), Reason),
            serve(State);
        {'DOWN', _, process, Worker, Reason} ->
            mayfly_invocations:remove(Worker),
            case Busy of
                #{Worker := Id} -> mayfly_worker:answer_for_dead(Id, Reason);
                #{} -> ok
            end,
            serve(assign_waiting(State#{idle := lists:delete(Worker, Idle), busy := maps:remove(Worker, Busy)}));
        {Port, {data, <<$W, Length, Id:Length/binary>>}} ->
            [mayfly_worker:tell_stack(Worker, Id) || {Worker, Open} <- maps:to_list(Busy), Open =:= Id],
            serve(State);
        {Port, {data, <<$X, Length, Id:Length/binary>>}} ->
            [exit(Worker, kill) || {Worker, Open} <- maps:to_list(Busy), Open =:= Id],
            serve(State);
        {Port, {data, <<$P, _/binary>>}} ->
            send(<<"P">>),
            serve(State);
        {'EXIT', Port, _} ->
            %% The parent is gone: nobody is left to answer to.
            erlang:halt(0, [{flush, false}]);
        _ ->
            serve(State)
    end.

%% When the whole system is being stopped (System.stop/1), its applications end as well, and `init` halts it with the
%% status it was told. It is asked in another process: it may not answer any more.
application_ended(Application, Reason) ->
    spawn(fun() ->
        case init:get_status() of
            {stopping, _} -> ok;
            _ ->
                log(5, <<>>, mayfly_error:application_ended(Application, Reason)),
                erlang:halt(1)
        end
    end).

assign({mayfly_invoke, Id, _, _, _} = Invocation, #{idle := [Worker | Rest], busy := Busy} = State) ->
    Worker ! Invocation,
    State#{idle := Rest, busy := Busy#{Worker => Id}};
assign(Invocation, #{busy := Busy, limit := Limit, call := Call} = State) when map_size(Busy) < Limit ->
    assign(Invocation, State#{idle := [mayfly_worker:start(self(), Call)]});
assign(Invocation, #{waiting := Waiting} = State) ->
    State#{waiting := Waiting ++ [Invocation]}.

assign_waiting(#{waiting := []} = State) -> State;
assign_waiting(#{waiting := [First | Rest]} = State) -> assign(First, State#{waiting := Rest}).

%% As the parent reads it.
limit() ->
    try list_to_integer(os:getenv("AWS_LAMBDA_MAX_CONCURRENCY", "1")) of
        Limit -> max(Limit, 1)
    catch error:badarg -> 1
    end.
