defmodule Shop.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _args) do
    case System.get_env("BREAK") do
      "raise" -> raise ArgumentError, "the shop stays closed"
      "child" -> Supervisor.start_link([{Shop.Broken, []}], strategy: :one_for_one)
      "hang" -> Process.sleep(:infinity)
      _ -> Supervisor.start_link([Shop.Counter], strategy: :one_for_one, name: Shop.Supervisor)
    end
  end
end

defmodule Shop.Broken do
  @moduledoc false
  use GenServer

  def start_link(options), do: GenServer.start_link(__MODULE__, options)

  @impl true
  def init(_options), do: {:stop, :no_database}
end
