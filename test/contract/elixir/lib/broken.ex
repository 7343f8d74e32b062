defmodule Broken do
  def handle(event), do: {:ok, event}
end
