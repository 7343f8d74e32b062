defmodule Greeter do
  @moduledoc "Handlers: `Elixir.Greeter.greet`, `Elixir.Greeter.whoami`."
  require Logger

  @compile {:no_warn_undefined, Mayfly}

  defmodule UnknownLanguage do
    defexception [:message]
  end

  def greet(%{"name" => name} = event) when is_binary(name) and name != "" do
    hello = hello(event["language"] || "en")
    count = Greeter.Counter.count(name)
    Logger.info("greeting #{name} for the #{count}. time")
    {:ok, %{message: "#{hello} #{name}", count: count, on: Date.utc_today()}}
  end

  def greet(_event), do: {:error, "name is required"}

  def whoami(_event) do
    {:ok, Map.take(Mayfly.context(), [:function_name, :memory_limit_in_mb])}
  end

  defp hello("en"), do: "Hello"
  defp hello("de"), do: "Hallo"
  defp hello(other), do: raise(UnknownLanguage, message: "no greeting in #{inspect(other)}")
end
