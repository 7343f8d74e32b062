%% Makes the stand-in for `unicode_util` that mayfly_unicode describes: the same functions as those of the toolchain's
%% own module.
-module(mayfly_stand_in).
-export([compile/0]).

-spec compile() -> binary().
compile() ->
    Functions = unicode_util:module_info(exports) -- [{module_info, 0}, {module_info, 1}],
    {ok, unicode_util, Code} = compile:forms([
        {attribute, 1, module, unicode_util},
        {attribute, 1, export, [{mayfly_stand_in, 0} | Functions]},
        {function, 1, mayfly_stand_in, 0, [{clause, 1, [], [], [{atom, 1, true}]}]}
        | [function(Name, Arity) || {Name, Arity} <- Functions]
    ], [deterministic]),
    {ok, {_, Stripped}} = beam_lib:strip(Code),
    Stripped.

function(Name, Arity) ->
    {function, 1, Name, Arity, known(Name, Arity) ++ [forward(Name, Arity)]}.

%% gc([]) -> []; gc([C]) when is_integer(C), C < 128 -> [C];
known(gc, 1) ->
    Char = {var, 1, 'C'},
    One = {cons, 1, Char, {nil, 1}},
    Ascii = [{call, 1, {atom, 1, is_integer}, [Char]}, {op, 1, '<', Char, {integer, 1, 128}}],
    [{clause, 1, [{nil, 1}], [], [{nil, 1}]}, {clause, 1, [One], [Ascii], [One]}];
known(_, _) -> [].

%% Name(A1, …) -> mayfly_unicode:real(Name, [A1, …]).
forward(Name, Arity) ->
    Args = [{var, 1, list_to_atom("A" ++ integer_to_list(Number))} || Number <- lists:seq(1, Arity)],
    List = lists:foldr(fun(Arg, Rest) -> {cons, 1, Arg, Rest} end, {nil, 1}, Args),
    Call = {call, 1, {remote, 1, {atom, 1, mayfly_unicode}, {atom, 1, real}}, [{atom, 1, Name}, List]},
    {clause, 1, Args, [], [Call]}.
