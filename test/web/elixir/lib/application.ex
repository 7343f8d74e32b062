defmodule Shopfront.Application do
  use Application

  @impl true
  def start(_type, _args) do
    port = String.to_integer(System.fetch_env!("PORT"))
    children = if System.get_env("DEAF"), do: [], else: [{Shopfront.Server, port}]
    Supervisor.start_link([{Shopfront.Counter, 0} | children], strategy: :one_for_one)
  end

  @impl true
  def stop(_state), do: IO.puts("stopped in order")
end
