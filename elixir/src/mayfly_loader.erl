%% Loads all modules that a start needs from one file. The virtual machine's own loader opens them one by one, and a
%% hundred small files are what a start with a cold page cache waits for.
-module(mayfly_loader).
-export([load/1]).

%% Called by the boot file in the process that reads it, before any application runs. `File` is relative to the
%% package and holds `{Module, Path, Code}` of modules without `on_load`; Path is relative as well.
-spec load(string()) -> ok.
load(File) ->
    {ok, [[Root]]} = init:get_argument(root),
    {ok, Bytes, _} = erl_prim_loader:get_file(Root ++ File),
    Entries = binary_to_term(Bytes),
    Boot = self(),
    %% The boot file lists the largest first: the schedulers share them best so.
    Jobs = [spawn(fun() -> Boot ! {self(), erlang:prepare_loading(Module, Code)} end) || {Module, _, Code} <- Entries],
    ok = erlang:finish_loading([receive {Job, Prepared} -> Prepared end || Job <- Jobs]),
    %% As init does for what it loads itself: the code server asks it later.
    init ! {Boot, loaded, [{Module, Root ++ Path} || {Module, Path, _} <- Entries]},
    ok.
