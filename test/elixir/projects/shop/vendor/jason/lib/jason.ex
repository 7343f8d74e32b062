defprotocol Jason.Encoder do
  @fallback_to_any true
  def encode(value, options)
end

defimpl Jason.Encoder, for: Any do
  defmacro __deriving__(module, _struct, options) do
    fields = Keyword.fetch!(options, :only)

    quote do
      defimpl Jason.Encoder, for: unquote(module) do
        def encode(value, options),
          do: Jason.Encoder.encode(Map.take(value, unquote(fields)), options)
      end
    end
  end

  def encode(value, _options) do
    raise Protocol.UndefinedError,
      protocol: Jason.Encoder,
      value: value,
      description: "it has to be derived"
  end
end

defimpl Jason.Encoder, for: Map do
  def encode(map, options) do
    members =
      Enum.map(map, fn {key, value} ->
        [Jason.Encoder.encode(to_string(key), options), ?:, Jason.Encoder.encode(value, options)]
      end)

    [?{, Enum.intersperse(members, ?,), ?}]
  end
end

defimpl Jason.Encoder, for: List do
  def encode(list, options),
    do: [?[, list |> Enum.map(&Jason.Encoder.encode(&1, options)) |> Enum.intersperse(?,), ?]]
end

defimpl Jason.Encoder, for: [BitString, Atom, Integer, Float] do
  @compile {:no_warn_undefined, :mayfly_json}

  def encode(value, _options) do
    :mayfly_json.encode(value)
  catch
    :throw, _ -> raise Protocol.UndefinedError, protocol: Jason.Encoder, value: value
  end
end

defmodule Jason.DecodeError do
  defexception [:problem]

  @impl true
  def message(%{problem: problem}), do: problem
end

defmodule Jason do
  @moduledoc false
  @compile {:no_warn_undefined, :mayfly_json}

  def decode(json) do
    case :mayfly_json.decode(json) do
      {:ok, value} -> {:ok, value}
      {:error, problem} -> {:error, %Jason.DecodeError{problem: problem}}
    end
  end

  def encode_to_iodata!(value), do: Jason.Encoder.encode(value, %{})

  def encode!(value), do: value |> encode_to_iodata!() |> IO.iodata_to_binary()
end
