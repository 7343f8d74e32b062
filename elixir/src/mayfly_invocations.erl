%% Which invocation a process works for: found by its group leader, which processes inherit from the one that
%% spawned them, or by `$callers`, which Elixir's Task keeps.
-module(mayfly_invocations).
-export([create/0, put/5, remove/1, done/1, id/0, id/1, leader_id/1, find/0]).

-define(TABLE, ?MODULE).

-spec create() -> ok.
create() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, {read_concurrency, true}]),
    ok.

-spec put(pid(), pid(), binary(), non_neg_integer(), binary()) -> true.
put(Leader, Worker, Id, Deadline, Context) ->
    ets:insert(?TABLE, {Leader, Worker, Id, Deadline, Context}).

-spec done(pid()) -> true.
done(Leader) ->
    ets:delete(?TABLE, Leader).

%% A worker died without saying that it is done.
-spec remove(pid()) -> true.
remove(Worker) ->
    ets:match_delete(?TABLE, {'_', Worker, '_', '_', '_'}).

%% The request id the calling process works for; empty if none.
-spec id() -> binary().
id() -> only_id(find()).

%% The same for another process of this node.
-spec id(pid()) -> binary().
id(Process) ->
    case process_info(Process, group_leader) of
        {group_leader, Leader} -> leader_id(Leader);
        undefined -> <<>>
    end.

-spec leader_id(pid()) -> binary().
leader_id(Leader) -> only_id(lookup(Leader)).

only_id({ok, Id, _, _}) -> Id;
only_id(none) -> <<>>.

-spec find() -> {ok, Id :: binary(), Deadline :: non_neg_integer(), Context :: binary()} | none.
find() ->
    case lookup(group_leader()) of
        none -> find_caller(get('$callers'));
        Found -> Found
    end.

find_caller([Caller | Rest]) when is_pid(Caller), node(Caller) =:= node() ->
    case process_info(Caller, group_leader) of
        {group_leader, Leader} ->
            case lookup(Leader) of
                none -> find_caller(Rest);
                Found -> Found
            end;
        undefined -> find_caller(Rest)
    end;
find_caller(_) -> none.

lookup(Leader) ->
    case ets:lookup(?TABLE, Leader) of
        [{_, _, Id, Deadline, Context}] -> {ok, Id, Deadline, Context};
        [] -> none
    end.
