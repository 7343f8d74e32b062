# What users of the original Mayfly were told to write, each under the name they know.

defmodule MyFunction do
  def handle(event), do: {:ok, %{message: "Hello from Elixir!", event: event}}
end

defmodule Api.Handler do
  def process(event) do
    body =
      Jason.encode!(%{
        message: "Hello from Elixir!",
        path: event["path"],
        method: event["httpMethod"]
      })

    {:ok, %{statusCode: 200, headers: %{"Content-Type" => "application/json"}, body: body}}
  end
end

defmodule Example.WithError do
  def handle(%{"should_fail" => true}), do: {:error, "Requested failure"}
  def handle(%{"raise_error" => true}), do: raise("Demonstrating error handling")
  def handle(payload), do: {:ok, %{status: "success", payload: payload}}
end

defmodule ImageGenerator do
  @png <<0x89, "PNG", 0x0D, 0x0A, 0x1A, 0x0A>>

  def generate(payload) do
    image = @png <> String.duplicate(<<0xFF>>, payload["size"])

    {:ok,
     %{
       isBase64Encoded: true,
       body: Base.encode64(image),
       headers: %{"Content-Type" => "image/png"}
     }}
  end
end

defmodule MyApp.ValidationError do
  defexception message: "Validation failed"
end

defmodule MyApp.Handler do
  def process(payload) do
    case validate(payload) do
      :ok -> {:ok, %{result: "Success", data: payload["data"]}}
      {:error, reason} -> raise MyApp.ValidationError, message: reason
    end
  end

  def sum(payload), do: {:ok, %{sum: payload["a"] + payload["b"]}}

  defp validate(%{"data" => _}), do: :ok
  defp validate(_payload), do: {:error, "data is required"}
end
