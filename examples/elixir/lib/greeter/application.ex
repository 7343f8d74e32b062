defmodule Greeter.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _arguments) do
    Supervisor.start_link([Greeter.Counter], strategy: :one_for_one)
  end
end
