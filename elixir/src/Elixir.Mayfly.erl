%% The module `Mayfly` that handlers may call; not in the package of a project that has one of that name itself, so
%% the agent does without it. It is Erlang so that no version of Elixir is needed to compile it.
-module('Elixir.Mayfly').
-export([context/0, remaining_time/0]).

-spec context() -> map() | nil.
context() -> mayfly_context:context().

-spec remaining_time() -> integer() | infinity.
remaining_time() -> mayfly_context:remaining_time().
