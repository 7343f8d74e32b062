%% JSON for projects without a library of their own, and for the agent's own messages.
%% Source: RFC 8259. Results are written as Jason writes them.
-module(mayfly_json).
-export([decode/1, encode/1]).

%% Objects are maps with binary keys (of a key that comes twice the last counts), null is nil, numbers with
%% a fraction or an exponent are floats.
-spec decode(binary()) -> {ok, term()} | {error, binary()}.
decode(Json) ->
    try value(space(Json), Json) of
        {Value, Rest} ->
            case space(Rest) of
                <<>> -> {ok, Value};
                More -> {error, problem(More, Json)}
            end
    catch throw:{?MODULE, Rest} -> {error, problem(Rest, Json)}
    end.

problem(<<>>, _) -> <<"unexpected end of input">>;
problem(Rest, Json) ->
    At = integer_to_binary(byte_size(Json) - byte_size(Rest)),
    case Rest of
        <<Char/utf8, _/binary>> when Char > 32 -> <<"unexpected ", Char/utf8, " at byte ", At/binary>>;
        <<Byte, _/binary>> ->
            <<"unexpected byte 0x", (integer_to_binary(Byte, 16))/binary, " at byte ", At/binary>>
    end.

space(<<Char, Rest/binary>>) when Char =:= $\s; Char =:= $\n; Char =:= $\r; Char =:= $\t -> space(Rest);
space(Rest) -> Rest.

value(<<$", Rest/binary>>, Json) -> string(Rest, Json);
value(<<${, Rest/binary>>, Json) ->
    case space(Rest) of
        <<$}, After/binary>> -> {#{}, After};
        Members -> object(Members, Json, [])
    end;
value(<<$[, Rest/binary>>, Json) ->
    case space(Rest) of
        <<$], After/binary>> -> {[], After};
        Items -> array(Items, Json, [])
    end;
value(<<"true", Rest/binary>>, _) -> {true, Rest};
value(<<"false", Rest/binary>>, _) -> {false, Rest};
value(<<"null", Rest/binary>>, _) -> {nil, Rest};
value(<<Char, _/binary>> = Number, _) when Char =:= $-; Char >= $0, Char =< $9 -> number(Number);
value(Rest, _) -> throw({?MODULE, Rest}).

object(<<$", Rest/binary>>, Json, Members) ->
    {Key, AfterKey} = string(Rest, Json),
    case space(AfterKey) of
        <<$:, AfterColon/binary>> ->
            {Value, AfterValue} = value(space(AfterColon), Json),
            case space(AfterValue) of
                <<$,, More/binary>> -> object(space(More), Json, [{Key, Value} | Members]);
                <<$}, After/binary>> -> {maps:from_list(lists:reverse(Members, [{Key, Value}])), After};
                Other -> throw({?MODULE, Other})
            end;
        Other -> throw({?MODULE, Other})
    end;
object(Rest, _, _) -> throw({?MODULE, Rest}).

array(Rest, Json, Items) ->
    {Item, AfterItem} = value(Rest, Json),
    case space(AfterItem) of
        <<$,, More/binary>> -> array(space(More), Json, [Item | Items]);
        <<$], After/binary>> -> {lists:reverse(Items, [Item]), After};
        Other -> throw({?MODULE, Other})
    end.

%% `Rest` begins after the quotation mark. Text without escapes is a part of the document itself.
string(Rest, Json) ->
    Start = byte_size(Json) - byte_size(Rest),
    plain(Rest, Json, Start, 0).

plain(<<$", Rest/binary>>, Json, Start, Length) -> {binary_part(Json, Start, Length), Rest};
plain(<<$\\, Rest/binary>>, Json, Start, Length) ->
    escape(Rest, Json, [binary_part(Json, Start, Length)]);
plain(<<Char, Rest/binary>>, Json, Start, Length) when Char >= 32, Char < 128 ->
    plain(Rest, Json, Start, Length + 1);
plain(<<Char/utf8, Rest/binary>>, Json, Start, Length) when Char >= 128 ->
    plain(Rest, Json, Start, Length + utf8_size(Char));
plain(Rest, _, _, _) -> throw({?MODULE, Rest}).

utf8_size(Char) when Char < 16#800 -> 2;
utf8_size(Char) when Char < 16#10000 -> 3;
utf8_size(_) -> 4.

escape(<<Char, Rest/binary>> = Whole, Json, Parts) ->
    case Char of
        $" -> after_escape(Rest, Json, [$" | Parts]);
        $\\ -> after_escape(Rest, Json, [$\\ | Parts]);
        $/ -> after_escape(Rest, Json, [$/ | Parts]);
        $b -> after_escape(Rest, Json, [$\b | Parts]);
        $f -> after_escape(Rest, Json, [$\f | Parts]);
        $n -> after_escape(Rest, Json, [$\n | Parts]);
        $r -> after_escape(Rest, Json, [$\r | Parts]);
        $t -> after_escape(Rest, Json, [$\t | Parts]);
        $u -> unicode_escape(Rest, Json, Parts);
        _ -> throw({?MODULE, Whole})
    end;
escape(<<>>, _, _) -> throw({?MODULE, <<>>}).

unicode_escape(Rest, Json, Parts) ->
    case hex(Rest) of
        {High, <<"\\u", More/binary>>} when High >= 16#D800, High < 16#DC00 ->
            case hex(More) of
                {Low, After} when Low >= 16#DC00, Low < 16#E000 ->
                    Char = 16#10000 + ((High - 16#D800) bsl 10) + (Low - 16#DC00),
                    after_escape(After, Json, [<<Char/utf8>> | Parts]);
                _ -> throw({?MODULE, Rest})
            end;
        {Char, After} when Char < 16#D800; Char >= 16#E000 -> after_escape(After, Json, [<<Char/utf8>> | Parts]);
        %% Half of a surrogate pair is no character.
        _ -> throw({?MODULE, Rest})
    end.

hex(<<A, B, C, D, Rest/binary>> = Whole) ->
    {((digit(A, Whole) * 16 + digit(B, Whole)) * 16 + digit(C, Whole)) * 16 + digit(D, Whole), Rest};
hex(_) -> throw({?MODULE, <<>>}).

digit(Char, _) when Char >= $0, Char =< $9 -> Char - $0;
digit(Char, _) when Char >= $a, Char =< $f -> Char - $a + 10;
digit(Char, _) when Char >= $A, Char =< $F -> Char - $A + 10;
digit(_, Whole) -> throw({?MODULE, Whole}).

after_escape(Rest, Json, Parts) ->
    Start = byte_size(Json) - byte_size(Rest),
    {More, After} = plain(Rest, Json, Start, 0),
    {iolist_to_binary(lists:reverse(Parts, [More])), After}.

number(Whole) ->
    AfterSign = case Whole of <<$-, Digits/binary>> -> Digits; _ -> Whole end,
    AfterInteger = case AfterSign of
        <<$0, More/binary>> -> More;
        _ -> digits(AfterSign)
    end,
    AfterFraction = case AfterInteger of
        <<$., Fraction/binary>> -> digits(Fraction);
        _ -> AfterInteger
    end,
    Rest = case AfterFraction of
        <<E, Sign, Exponent/binary>> when (E =:= $e orelse E =:= $E), (Sign =:= $+ orelse Sign =:= $-) -> digits(Exponent);
        <<E, Exponent/binary>> when E =:= $e; E =:= $E -> digits(Exponent);
        _ -> AfterFraction
    end,
    Text = binary_part(Whole, 0, byte_size(Whole) - byte_size(Rest)),
    try
        if
            byte_size(Rest) =:= byte_size(AfterInteger) -> {binary_to_integer(Text), Rest};
            byte_size(AfterFraction) =:= byte_size(AfterInteger) ->
                %% Erlang wants a fraction before the exponent.
                Size = byte_size(Whole) - byte_size(AfterInteger),
                <<Integer:Size/binary, Exponent_/binary>> = Text,
                {binary_to_float(<<Integer/binary, ".0", Exponent_/binary>>), Rest};
            true -> {binary_to_float(Text), Rest}
        end
    catch error:badarg -> throw({?MODULE, Whole})
    end.

%% At least one.
digits(<<Char, Rest/binary>>) when Char >= $0, Char =< $9 -> more_digits(Rest);
digits(Rest) -> throw({?MODULE, Rest}).

more_digits(<<Char, Rest/binary>>) when Char >= $0, Char =< $9 -> more_digits(Rest);
more_digits(Rest) -> Rest.

%% Throws `{mayfly_json, Value}` for a value that is not JSON.
-spec encode(term()) -> iodata().
encode(nil) -> <<"null">>;
encode(true) -> <<"true">>;
encode(false) -> <<"false">>;
encode(Text) when is_binary(Text) -> [$", escaped(Text, Text, 0, 0), $"];
encode(Atom) when is_atom(Atom) -> encode(atom_to_binary(Atom, utf8));
encode(Integer) when is_integer(Integer) -> integer_to_binary(Integer);
encode(Float) when is_float(Float) -> io_lib_format:fwrite_g(Float);
encode([]) -> <<"[]">>;
encode([First | Rest] = List) when is_list(Rest) ->
    [$[, encode(First), items(Rest, List), $]];
encode(#{'__struct__' := Struct} = Value) -> struct(Struct, Value);
encode(Map) when is_map(Map) ->
    case maps:to_list(Map) of
        [] -> <<"{}">>;
        [First | Rest] -> [${, member(First, Map), [[$,, member(One, Map)] || One <- Rest], $}]
    end;
encode(Other) -> throw({?MODULE, Other}).

items([], _) -> [];
items([Item | Rest], List) -> [$,, encode(Item) | items(Rest, List)];
items(_, List) -> throw({?MODULE, List}).

member({Key, Value}, Map) -> [encode(key(Key, Map)), $:, encode(Value)].

key(Key, _) when is_binary(Key) -> Key;
key(Key, _) when is_atom(Key) -> atom_to_binary(Key, utf8);
key(Key, _) when is_integer(Key) -> integer_to_binary(Key);
key(Key, _) when is_float(Key) -> iolist_to_binary(io_lib_format:fwrite_g(Key));
key(_, Map) -> throw({?MODULE, Map}).

struct(Struct, Value) when Struct =:= 'Elixir.Date'; Struct =:= 'Elixir.Time';
                           Struct =:= 'Elixir.NaiveDateTime'; Struct =:= 'Elixir.DateTime' ->
    [$", Struct:to_iso8601(Value), $"];
struct('Elixir.Decimal', Value) -> [$", 'Elixir.Decimal':to_string(Value), $"];
struct(_, Value) -> throw({?MODULE, Value}).

%% What needs no escape is taken over as a part of the text.
escaped(<<Char, Rest/binary>>, Text, Start, Length) when Char >= 32, Char < 128, Char =/= $", Char =/= $\\ ->
    escaped(Rest, Text, Start, Length + 1);
escaped(<<Char, Rest/binary>>, Text, Start, Length) when Char < 128 ->
    [binary_part(Text, Start, Length), escape(Char) | escaped(Rest, Text, Start + Length + 1, 0)];
escaped(<<Char/utf8, Rest/binary>>, Text, Start, Length) ->
    escaped(Rest, Text, Start, Length + utf8_size(Char));
escaped(<<>>, Text, 0, _) -> Text;
escaped(<<>>, Text, Start, Length) -> binary_part(Text, Start, Length);
escaped(_, Text, _, _) -> throw({?MODULE, Text}).

escape($") -> <<"\\\"">>;
escape($\\) -> <<"\\\\">>;
escape($\n) -> <<"\\n">>;
escape($\r) -> <<"\\r">>;
escape($\t) -> <<"\\t">>;
escape($\b) -> <<"\\b">>;
escape($\f) -> <<"\\f">>;
escape(Char) -> io_lib:format("\\u~4.16.0B", [Char]).
