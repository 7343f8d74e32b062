%% The handler of the profiling run: does what most handlers do, and answers with the modules that are loaded.
-module('Elixir.MayflyProfile').
-export([handle/1]).

handle(Event) ->
    'Elixir.IO':puts(<<"profile">>),
    logger:info("~ts", [<<"profile">>]),
    _ = 'Elixir.Map':get(Event, <<"list">>),
    _ = mayfly_context:remaining_time(),
    %% The project's own, if it has one: nothing of it may be called.
    _ = code:ensure_loaded('Elixir.Mayfly'),
    %% As will be done with the answer, whose list would be made too early.
    {ok, _} = mayfly_codec:encode_result(Event),
    {ok, [atom_to_binary(Module, utf8) || {Module, File} <- code:all_loaded(), File =/= preloaded, Module =/= ?MODULE]}.
