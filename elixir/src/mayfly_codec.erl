%% JSON by the project's own library, which the build chose, so that its protocols (Jason.Encoder) and its
%% handling of special values count.
-module(mayfly_codec).
-export([decode_event/1, decode/1, encode_result/1, encode/1]).

%% A caller that sends no payload at all means the empty event.
-spec decode_event(binary()) -> {ok, term()} | {error, iodata()}.
decode_event(<<>>) -> {ok, #{}};
decode_event(Json) -> decode(Json).

-spec decode(binary()) -> {ok, term()} | {error, iodata()}.
decode(Json) ->
    case library() of
        mayfly_json -> mayfly_json:decode(Json);
        mayfly_otp_json -> mayfly_otp_json:decode(Json);
        Library ->
            case Library:decode(Json) of
                {ok, Term} -> {ok, Term};
                {error, Problem} -> {error, problem(Problem)};
                %% Poison before 4.
                {error, Problem, _} -> {error, problem(Problem)}
            end
    end.

problem(#{'__struct__' := _, '__exception__' := true} = Exception) -> 'Elixir.Exception':message(Exception);
problem(Other) -> 'Elixir.Kernel':inspect(Other).

%% A result, or the error document that says which part of it is not JSON.
-spec encode_result(term()) -> {ok, iodata()} | {error, map()}.
encode_result(Value) ->
    try {ok, encode(Value)}
    catch _:_ -> mayfly_result:rescue(Value)
    end.

%% Raises what the library raises.
-spec encode(term()) -> iodata().
encode(Value) -> encode(library(), Value).

encode(mayfly_json, Value) -> mayfly_json:encode(Value);
encode(mayfly_otp_json, Value) -> mayfly_otp_json:encode(Value);
encode('Elixir.Jason', Value) -> 'Elixir.Jason':'encode_to_iodata!'(Value);
encode('Elixir.JSON', Value) -> 'Elixir.JSON':'encode_to_iodata!'(Value);
encode('Elixir.Poison', Value) -> 'Elixir.Poison':'encode_to_iodata!'(Value).

library() -> persistent_term:get(mayfly_json).
