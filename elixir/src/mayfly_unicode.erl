%% Elixir reads the number of the OTP release with string:to_integer/1, and for that alone a start would load
%% `unicode_util`: 200 to 600 KB, a tenth of all that is loaded. A stand-in of a few lines takes its name for as long
%% as Elixir starts. It knows single ASCII characters and hands everything else to the real one.
-module(mayfly_unicode).
-export([during/2, real/2]).

%% `StandIn` is the code that the build has made, see mayfly_stand_in.
-spec during(binary(), fun(() -> Result)) -> Result.
during(StandIn, Start) ->
    %% Something else has needed the real one already.
    erlang:module_loaded(unicode_util) orelse put_in_place(StandIn),
    try Start()
    after retire()
    end.

%% Past the code server, for which the name stays that of a module to be loaded when it is called.
put_in_place(StandIn) ->
    ok = erlang:finish_loading([erlang:prepare_loading(unicode_util, StandIn)]).

-spec real(atom(), [term()]) -> term().
real(Function, Args) ->
    retire(),
    {module, unicode_util} = code:ensure_loaded(unicode_util),
    apply(unicode_util, Function, Args).

%% The code server purges it when it loads the real one.
retire() ->
    _ = is_stand_in() andalso erlang:delete_module(unicode_util),
    ok.

is_stand_in() ->
    erlang:module_loaded(unicode_util) andalso erlang:function_exported(unicode_util, mayfly_stand_in, 0).
