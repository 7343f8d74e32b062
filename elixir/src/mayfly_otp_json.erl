%% JSON by OTP's own library, which there is from OTP 27 on. It knows nothing of Elixir: `nil` and structs are written
%% as mayfly_json writes them, which also finds the words for a document that is none.
-module(mayfly_otp_json).
-export([decode/1, encode/1]).

-spec decode(binary()) -> {ok, term()} | {error, binary()}.
decode(Json) ->
    try json:decode(Json, ok, #{null => nil, object_finish => fun object/2}) of
        {Value, ok, <<>>} -> {ok, Value};
        {_, ok, _} -> mayfly_json:decode(Json)
    catch error:_ -> mayfly_json:decode(Json)
    end.

%% Of a key that comes twice the last counts, as everywhere else.
object(Members, Outer) -> {maps:from_list(lists:reverse(Members)), Outer}.

%% Raises what it raises, and throws as mayfly_json does.
-spec encode(term()) -> iodata().
encode(Value) -> json:encode(Value, fun value/2).

value(nil, _) -> <<"null">>;
value(#{'__struct__' := _} = Struct, _) -> mayfly_json:encode(Struct);
value(Value, Encode) -> json:encode_value(Value, Encode).
