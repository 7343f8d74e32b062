defmodule Shopfront.Application do
  use Application

  @impl true
  def start(_type, _args) do
    port = String.to_integer(System.fetch_env!("PORT"))
    # After the application has started, and before it would listen.
    if System.get_env("LEAVES"), do: spawn(fn -> Process.sleep(50) && System.halt(4) end)

    children =
      if System.get_env("DEAF") || System.get_env("LEAVES"),
        do: [],
        else: [{Shopfront.Server, port}]

    Supervisor.start_link([{Shopfront.Counter, 0} | children], strategy: :one_for_one)
  end

  @impl true
  def stop(_state), do: IO.puts("stopped in order")
end
