defmodule Shop.Counter do
  @moduledoc "A GenServer that crashes every second time it is asked."
  use GenServer

  def start_link(_options), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)

  def next, do: GenServer.call(__MODULE__, :next)

  @impl true
  def init(count), do: {:ok, count}

  @impl true
  def handle_call(:next, _from, 1), do: raise("the counter is tired")
  def handle_call(:next, _from, count), do: {:reply, count + 1, count + 1}
end
