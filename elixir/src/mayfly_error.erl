%% Puts what went wrong into error documents, in Elixir's own words. Loaded with the first error.
-module(mayfly_error).
-export([caught/3, returned/1, died/1, malformed_event/1, init/3, application/2, application_ended/2]).
-export([document/3, frames/1, warn_plain_result/2]).

%% A log event and a trailer have to hold it; longer messages are cut. Bytes.
-define(MAX_MESSAGE, 32768).
-define(MAX_FRAMES, 50).

-spec document(iodata(), iodata(), [binary()]) -> #{binary() => term()}.
document(Type, Message, Frames) ->
    #{
        <<"errorType">> => valid(Type),
        <<"errorMessage">> => cut(valid(Message)),
        <<"stackTrace">> => Frames
    }.

%% raise, throw or exit in the handler.
-spec caught(error | throw | exit, term(), list()) -> map().
caught(error, Reason, Stack) ->
    Exception = normalize(Reason, Stack),
    document(name(Exception), message(Exception), frames(Stack));
caught(throw, Value, Stack) ->
    document(<<"throw">>, banner(throw, Value, Stack), frames(Stack));
caught(exit, Reason, Stack) ->
    document(<<"exit">>, banner(exit, Reason, Stack), frames(Stack)).

%% {:error, reason}: an expected failure, without a stack. A map may choose its errorType and errorMessage.
-spec returned(term()) -> map().
returned(Reason) when is_binary(Reason) -> document(<<"RuntimeError">>, Reason, []);
returned(#{'__exception__' := true, '__struct__' := _} = Exception) ->
    document(name(Exception), message(Exception), []);
returned(#{<<"errorMessage">> := Message} = Map) when is_binary(Message) ->
    chosen(maps:get(<<"errorType">>, Map, none), Message);
returned(#{errorMessage := Message} = Map) when is_binary(Message) ->
    chosen(maps:get(errorType, Map, none), Message);
returned(Reason) -> document(<<"UnknownError">>, inspect(Reason), []).

chosen(Type, Message) when is_binary(Type) -> document(Type, Message, []);
chosen(Type, Message) when is_atom(Type), Type =/= none, Type =/= nil -> document(inspect(Type), Message, []);
chosen(_, Message) -> document(<<"UnknownError">>, Message, []).

%% The worker ended without answering: killed, or taken along by a process it is linked to.
-spec died(term()) -> map().
died(killed) ->
    document(<<"Runtime.HandlerExit">>, <<"The handler's process was killed before it returned.">>, []);
died({Reason, [{_, _, _, _} | _] = Stack}) ->
    document(<<"Runtime.HandlerExit">>, exited({Reason, Stack}), frames(Stack));
died(Reason) ->
    document(<<"Runtime.HandlerExit">>, exited(Reason), []).

exited(Reason) ->
    ["The handler's process ended before it returned: ", 'Elixir.Exception':format_exit(Reason)].

-spec malformed_event(iodata()) -> map().
malformed_event(Problem) ->
    document(<<"Runtime.MalformedEvent">>, ["The event is not JSON: ", Problem], []).

%% Something outside of the applications' own start failed, such as config/runtime.exs.
-spec init(error | throw | exit, term(), list()) -> map().
init(Class, Reason, Stack) ->
    #{<<"errorMessage">> := Message} = Document = caught(Class, Reason, Stack),
    Document#{<<"errorMessage">> := <<"Initialization error: ", Message/binary>>}.

-spec application(atom(), term()) -> map().
application(Application, Reason) ->
    document(
        application_type(Reason),
        [
            "Initialization error: the application ", atom_to_binary(Application, utf8), " did not start: ",
            'Elixir.Application':format_error(Reason)
        ],
        application_frames(Reason)
    ).

-spec application_ended(atom(), term()) -> binary().
application_ended(Application, Reason) ->
    valid(["The application ", atom_to_binary(Application, utf8), " ended: ", 'Elixir.Exception':format_exit(Reason)]).

application_type({bad_return, {_, {'EXIT', {Reason, Stack}}}}) when is_list(Stack) ->
    name(normalize(Reason, Stack));
application_type(_) -> <<"Runtime.InitError">>.

application_frames({bad_return, {_, {'EXIT', {_, Stack}}}}) when is_list(Stack) -> frames(Stack);
application_frames(_) -> [].

%% One string a frame, without those of the agent.
-spec frames(list()) -> [binary()].
frames(Stack) ->
    [valid('Elixir.Exception':format_stacktrace_entry(Frame))
     || Frame <- lists:sublist([One || One <- Stack, not is_own(One)], ?MAX_FRAMES)].

is_own({Module, _, _, _}) -> lists:prefix("mayfly_", atom_to_list(Module));
is_own(_) -> false.

-spec warn_plain_result(binary(), term()) -> ok.
warn_plain_result(Id, Value) ->
    mayfly_agent:log(3, Id, valid([
        "The handler returned ", 'Elixir.Kernel':inspect(Value, [{limit, 10}, {printable_limit, 200}]),
        ", which is taken as the result. Return {:ok, result} or {:error, reason}."
    ])).

normalize(Reason, Stack) ->
    Exception = 'Elixir.Exception':normalize(error, Reason, Stack),
    %% These two say what might have been meant; that of others would show the event.
    case Exception of
        #{'__struct__' := Module} when Module =:= 'Elixir.UndefinedFunctionError'; Module =:= 'Elixir.KeyError' ->
            {Blamed, _} = 'Elixir.Exception':blame(error, Exception, Stack),
            Blamed;
        _ -> Exception
    end.

name(#{'__struct__' := Module}) -> inspect(Module).

message(Exception) -> 'Elixir.Exception':message(Exception).

banner(Class, Reason, Stack) -> 'Elixir.Exception':format_banner(Class, Reason, Stack).

inspect(Value) -> 'Elixir.Kernel':inspect(Value).

valid(Text) ->
    case unicode:characters_to_binary(Text) of
        Binary when is_binary(Binary) -> Binary;
        _ -> unicode:characters_to_binary(iolist_to_binary(Text), latin1)
    end.

cut(Message) when byte_size(Message) =< ?MAX_MESSAGE -> Message;
cut(Message) ->
    Kept = 'Elixir.String':slice(binary:part(Message, 0, ?MAX_MESSAGE), 0, ?MAX_MESSAGE - 1),
    Rest = integer_to_binary(byte_size(Message) - byte_size(Kept)),
    <<Kept/binary, "… ("/utf8, Rest/binary, " more bytes)">>.
