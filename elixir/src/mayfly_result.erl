%% For results that the JSON library refuses: keyword lists become objects where that is unambiguous; of
%% anything else it is told where in the result it stands and what to do about it.
-module(mayfly_result).
-export([rescue/1]).

-spec rescue(term()) -> {ok, iodata()} | {error, map()}.
rescue(Value) ->
    case keywords(Value) of
        Value -> invalid(Value);
        Changed ->
            try {ok, mayfly_codec:encode(Changed)}
            catch _:_ -> invalid(Changed)
            end
    end.

%% Structs are left to the library, which alone knows what of them may be shown.
keywords([{Key, _} | _] = List) when is_atom(Key) ->
    case is_keyword(List) of
        true -> maps:from_list([{K, keywords(V)} || {K, V} <- List]);
        false -> List
    end;
keywords(List) when is_list(List) ->
    case is_proper(List) of
        true -> [keywords(Item) || Item <- List];
        false -> List
    end;
keywords(#{'__struct__' := _} = Struct) -> Struct;
keywords(Map) when is_map(Map) -> maps:map(fun(_, Value) -> keywords(Value) end, Map);
keywords(Other) -> Other.

%% With a key twice it is ambiguous.
is_keyword(List) ->
    is_proper(List) andalso
        lists:all(fun({Key, _}) -> is_atom(Key); (_) -> false end, List) andalso
        length(lists:usort([Key || {Key, _} <- List])) =:= length(List).

is_proper(List) ->
    try length(List) of _ -> true
    catch error:badarg -> false
    end.

invalid(Value) ->
    Problem = case find(Value, <<"result">>) of
        {found, Path, Words} -> [Path, " ", Words];
        none -> <<"the result can't be written as JSON">>
    end,
    {error, mayfly_error:document(
        <<"Runtime.InvalidResponseFormat">>, ["Invalid response format: the value at ", Problem, "."], []
    )}.

find(#{'__struct__' := Struct} = Value, Path) ->
    try mayfly_codec:encode(Value) of _ -> none
    catch
        throw:Reason -> {found, Path, struct_problem(Struct, throw, Reason)};
        Class:Reason -> {found, Path, struct_problem(Struct, Class, Reason)}
    end;
find(Map, Path) when is_map(Map) ->
    first(fun({Key, Value}) ->
        case key(Key) of
            {ok, Name} -> find(Value, property(Path, Name));
            none -> {found, Path, ["has the key ", inspect(Key), ", and a key in JSON is a string"]}
        end
    end, maps:to_list(Map));
find(List, Path) when is_list(List) ->
    case is_proper(List) of
        true -> first(fun({Index, Item}) -> find(Item, [Path, "[", integer_to_binary(Index), "]"]) end,
                      lists:zip(lists:seq(0, length(List) - 1), List));
        false -> {found, Path, ["is the improper list ", inspect(List)]}
    end;
find(Value, Path) ->
    try mayfly_codec:encode(Value) of _ -> none
    catch _:_ -> {found, Path, problem(Value)}
    end.

first(_, []) -> none;
first(Find, [One | Rest]) ->
    case Find(One) of
        none -> first(Find, Rest);
        Found -> Found
    end.

%% As Jason takes keys: what String.Chars can make a string of.
key(Key) when is_binary(Key) ->
    case unicode:characters_to_binary(Key) of
        Key -> {ok, Key};
        _ -> none
    end;
key(Key) when is_atom(Key) -> {ok, atom_to_binary(Key, utf8)};
key(Key) when is_number(Key) -> {ok, 'Elixir.String.Chars':to_string(Key)};
key(_) -> none.

property(Path, Name) ->
    case re:run(Name, "^[\\pL_$][\\pL\\pN_$]*$", [unicode, {capture, none}]) of
        match -> [Path, ".", Name];
        nomatch -> [Path, "[", mayfly_json:encode(Name), "]"]
    end.

problem(Value) when is_binary(Value) ->
    "is a binary that is not UTF-8 text: encode it, for example with Base.encode64/1";
problem(Value) when is_tuple(Value) -> ["is the tuple ", inspect(Value), ": return a list or a map"];
problem(Value) when is_pid(Value) -> "is a pid, which JSON can't carry";
problem(Value) when is_port(Value) -> "is a port, which JSON can't carry";
problem(Value) when is_reference(Value) -> "is a reference, which JSON can't carry";
problem(Value) when is_function(Value) -> "is a function, which JSON can't carry";
problem(Value) when is_bitstring(Value) -> "is a bitstring, which JSON can't carry";
problem(Value) -> ["can't be written as JSON: ", inspect(Value)].

struct_problem(Struct, Class, Reason) ->
    Name = inspect(Struct),
    Why = case {persistent_term:get(mayfly_json), Reason} of
        {mayfly_json, {mayfly_json, _}} -> [];
        {mayfly_otp_json, {mayfly_json, _}} -> [];
        {_, #{'__struct__' := 'Elixir.Protocol.UndefinedError'}} -> [];
        _ -> [" (", 'Elixir.Exception':format_banner(Class, Reason), ")"]
    end,
    ["is the struct ", Name, Why, ": ", advice(persistent_term:get(mayfly_json), Struct)].

%% Nothing can be derived for Elixir's own.
advice(_, Collection) when Collection =:= 'Elixir.MapSet'; Collection =:= 'Elixir.Range' ->
    "return a list, for example with Enum.to_list/1";
advice('Elixir.Jason', _) -> "derive Jason.Encoder for it, or return a map with the fields to show";
advice('Elixir.JSON', _) -> "derive JSON.Encoder for it, or return a map with the fields to show";
advice('Elixir.Poison', _) -> "derive Poison.Encoder for it, or return a map with the fields to show";
advice(_, _) -> "return a map with the fields to show".

%% Long values would fill the message.
inspect(Value) ->
    'Elixir.Kernel':inspect(Value, [{limit, 10}, {printable_limit, 200}]).
