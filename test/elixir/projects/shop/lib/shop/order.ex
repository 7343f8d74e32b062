defmodule Shop.Order do
  @moduledoc false
  @derive {Jason.Encoder, only: [:id]}
  defstruct [:id, :secret]
end

defmodule Shop.Customer do
  @moduledoc false
  defstruct [:name]
end

defmodule Shop.NotFound do
  defexception [:id]

  @impl true
  def message(%{id: id}), do: "there is no order #{id}"
end

defprotocol Shop.Priced do
  def price(thing)
end

defimpl Shop.Priced, for: Shop.Order do
  def price(_order), do: 12
end
