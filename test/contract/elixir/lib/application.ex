defmodule ContractFixture.Application do
  use Application

  @impl true
  def start(_type, _args) do
    # One project for the whole suite: this is how one of its handlers has an application that can't start.
    if System.get_env("_HANDLER") == "Elixir.Broken.handle", do: raise("no database")

    children = [Contract.Counter, Faults.Fragile]
    Supervisor.start_link(children, strategy: :one_for_one, max_restarts: 1_000, max_seconds: 1)
  end
end
