%% A group leader: what processes write through Erlang's I/O protocol becomes log events of their invocation.
%% A request is answered once its text is in the pipe, so that all of it is there before the handler's answer.
-module(mayfly_io).
-export([start/2, start_for_errors/0, follow/2, flush/1]).

%% Text without a line break goes out as an event when it gets longer than this. Bytes.
-define(MAX_PARTIAL, 65536).
%% How often a leader without its process looks whether it is still anybody's leader. Milliseconds.
-define(ORPHAN_CHECK, 5000).

%% `Level` as in mayfly_agent:log/3. `Flag` is set to 1 while text waits for the end of its line.
-spec start(0..5, atomics:atomics_ref()) -> pid().
start(Level, Flag) ->
    spawn(fun() -> loop(#{level => Level, flag => Flag, partial => <<>>, id => leader}) end).

%% For the name standard_error, which all processes share: the invocation is that of the process that writes.
-spec start_for_errors() -> pid().
start_for_errors() ->
    spawn(fun() -> loop(#{level => 4, flag => atomics:new(1, []), partial => <<>>, id => sender}) end).

%% Ends after `Process`, as soon as no process that it spawned is left to write here.
-spec follow(pid(), pid()) -> ok.
follow(Leader, Process) ->
    Leader ! {follow, Process},
    ok.

-spec flush(pid()) -> ok.
flush(Leader) ->
    Reference = monitor(process, Leader),
    Leader ! {flush, self(), Reference},
    receive
        {Reference, flushed} -> demonitor(Reference, [flush]), ok;
        {'DOWN', Reference, process, Leader, _} -> ok
    end.

loop(State) ->
    receive
        {io_request, From, ReplyAs, Request} ->
            {Reply, Next} = request(Request, State#{from => From}),
            From ! {io_reply, ReplyAs, Reply},
            loop(Next);
        {flush, From, Reference} ->
            Next = emit_partial(State),
            From ! {Reference, flushed},
            loop(Next);
        {follow, Process} ->
            monitor(process, Process),
            loop(State);
        {'DOWN', _, process, _, _} ->
            loop((emit_partial(State))#{wait => ?ORPHAN_CHECK});
        _ ->
            loop(State)
    after maps:get(wait, State, infinity) ->
        Leader = {group_leader, self()},
        lists:any(fun(Process) -> process_info(Process, group_leader) =:= Leader end, processes()) andalso loop(State)
    end.

request({put_chars, Encoding, Chars}, State) -> put_chars(Encoding, Chars, State);
request({put_chars, Encoding, Module, Function, Args}, State) ->
    try apply(Module, Function, Args) of
        Chars -> put_chars(Encoding, Chars, State)
    catch _:_ -> {{error, Function}, State}
    end;
request({put_chars, Chars}, State) -> put_chars(latin1, Chars, State);
request({put_chars, Module, Function, Args}, State) ->
    request({put_chars, latin1, Module, Function, Args}, State);
request({requests, Requests}, State) -> requests(Requests, {ok, State});
request({setopts, _}, State) -> {ok, State};
request(getopts, State) -> {[{binary, true}, {encoding, unicode}], State};
request({get_geometry, _}, State) -> {{error, enotsup}, State};
request(Request, State) when element(1, Request) =:= get_line;
                             element(1, Request) =:= get_chars;
                             element(1, Request) =:= get_until;
                             element(1, Request) =:= get_password -> {eof, State};
request(_, State) -> {{error, request}, State}.

requests([Request | Rest], {Reply, State}) when Reply =:= ok; is_list(Reply) ->
    requests(Rest, request(Request, State));
requests(_, Result) -> Result.

put_chars(Encoding, Chars, State) ->
    case unicode:characters_to_binary(Chars, Encoding) of
        Text when is_binary(Text) -> {ok, write(Text, State)};
        {_, Valid, Rest} ->
            %% Bytes that are no text are shown as they would be by a terminal that knows only bytes.
            Bytes = try unicode:characters_to_binary(iolist_to_binary(Rest), latin1) catch error:_ -> <<"\x{FFFD}"/utf8>> end,
            {ok, write(<<Valid/binary, Bytes/binary>>, State)}
    end.

%% One write that ends its line is one event, however many lines it has.
write(Text, #{partial := Partial} = State) ->
    Whole = <<Partial/binary, Text/binary>>,
    Size = byte_size(Whole) - 1,
    case Whole of
        <<>> -> State;
        <<Event:Size/binary, $\n>> -> emit(Event, State);
        _ when Size > ?MAX_PARTIAL -> emit(Whole, State);
        _ -> keep(Whole, State)
    end.

keep(Text, #{flag := Flag} = State) ->
    atomics:put(Flag, 1, 1),
    State#{partial := Text}.

emit(Text, #{level := Level, flag := Flag} = State) ->
    mayfly_agent:log(Level, id(State), Text),
    atomics:put(Flag, 1, 0),
    State#{partial := <<>>}.

emit_partial(#{partial := <<>>} = State) -> State;
emit_partial(#{partial := Partial} = State) -> emit(Partial, State).

id(#{id := sender, from := From}) -> mayfly_invocations:id(From);
id(#{id := leader}) -> mayfly_invocations:leader_id(self()).
