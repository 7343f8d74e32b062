defmodule Greeter.Counter do
  @moduledoc "Lives as long as the execution environment: it is started before the first invocation."
  use Agent

  def start_link(_options), do: Agent.start_link(fn -> %{} end, name: __MODULE__)

  @doc "How often this name was counted, this time included."
  def count(name) do
    Agent.get_and_update(__MODULE__, fn counts ->
      counts = Map.update(counts, name, 1, &(&1 + 1))
      {counts[name], counts}
    end)
  end
end
