defmodule Shop do
  @moduledoc "Handlers of the kinds a project has."
  require Logger

  @spec configuration(map) :: {:ok, map}
  def configuration(_event) do
    {:ok, Map.new(Application.get_all_env(:shop))}
  end

  def count(_event), do: {:ok, Shop.Counter.next()}

  def order(event),
    do:
      {:ok,
       %{
         order: %Shop.Order{id: event["id"], secret: "s3cret"},
         price: Shop.Priced.price(%Shop.Order{})
       }}

  def customer(_event), do: {:ok, [%{customer: %Shop.Customer{name: "Ada"}}]}

  def missing(event), do: raise(Shop.NotFound, id: event["id"])

  def about(event, context),
    do: {:ok, %{event: event, request: context.request_id, left: Mayfly.remaining_time() > 0}}

  def close(_event) do
    Process.exit(Process.whereis(Shop.Supervisor), :kill)
    Process.sleep(:infinity)
  end

  @doc false
  def hidden(_event), do: {:ok, "hidden"}

  def optional(event, options \\ []), do: {:ok, [event, options]}

  def three(_a, _b, _c), do: :ok

  def none, do: :ok
end
