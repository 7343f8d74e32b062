defmodule Shopfront.Counter do
  use Agent

  def start_link(first), do: Agent.start_link(fn -> first end, name: __MODULE__)
  def next, do: Agent.get_and_update(__MODULE__, &{&1 + 1, &1 + 1})
end
