defmodule Faults do
  @compile {:no_warn_undefined, Mayfly}
  require Logger

  defmodule Fragile do
    use GenServer

    def start_link(_options), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
    def call, do: GenServer.call(restarted(), :next)

    @impl true
    def init(count), do: {:ok, count}

    @impl true
    def handle_call(:next, _from, 1), do: raise("every second call")
    def handle_call(:next, _from, count), do: {:reply, count, count + 1}

    # Its supervisor needs a moment after a crash.
    defp restarted do
      with nil <- Process.whereis(__MODULE__) do
        Process.sleep(1)
        restarted()
      end
    end
  end

  defmodule Account do
    defstruct [:name, :password]
  end

  def mixed(%{"do" => what} = event), do: run(what, event)

  defp run("echo", event), do: {:ok, event}
  defp run("plain", event), do: event
  defp run("pid", _event), do: {:ok, inspect(self())}
  defp run("os pid", _event), do: {:ok, String.to_integer(System.pid())}
  defp run("greeting", _event), do: {:ok, Application.get_env(:contract_fixture, :greeting)}

  defp run("length", %{"text" => text}), do: {:ok, String.length(text)}

  defp run("code", _event) do
    {:file, path} = :code.is_loaded(:lists)

    {:ok,
     [
       File.regular?(path),
       :code.which(:lists) == path,
       {__MODULE__, path} not in :code.all_loaded()
     ]}
  end

  defp run("raise", _event), do: raise(ArgumentError, "not like that")
  defp run("match", event), do: %{"missing" => _} = event
  defp run("clause", event), do: only_atoms(event)
  defp run("undefined", _event), do: {:ok, apply(String.to_atom("Elixir.Strin"), :upcase, ["x"])}
  defp run("divide", event), do: div(1, event["by"])
  defp run("throw", _event), do: throw(:ball)
  defp run("exit", _event), do: exit(:enough)
  defp run("error atom", _event), do: {:error, :not_found}
  defp run("error string", _event), do: {:error, "on purpose"}
  defp run("error exception", _event), do: {:error, %Contract.OrderNotFound{}}

  defp run("error map", _event),
    do: {:error, %{errorType: "Teapot", errorMessage: "short and stout"}}

  defp run("kill itself", _event), do: Process.exit(self(), :kill)

  defp run("linked crash", _event) do
    spawn_link(fn -> raise "the child" end)
    Process.sleep(:infinity)
  end

  defp run("loop", _event), do: loop(0)
  defp run("wait", _event), do: {:ok, Process.sleep(:infinity)}
  defp run("halt", event), do: System.halt(event["code"])
  defp run("stop", event), do: System.stop(event["code"]) && Process.sleep(:infinity)
  defp run("kill the BEAM", _event), do: System.cmd("kill", ["-9", System.pid()])
  defp run("fragile", _event), do: {:ok, Fragile.call()}

  defp run("dictionary", _event) do
    count = Process.get(:count, 0) + 1
    Process.put(:count, count)
    {:ok, count}
  end

  defp run("sleep", event) do
    Process.sleep(event["ms"])
    {:ok, event["ms"]}
  end

  defp run("deep", event),
    do: {:ok, Enum.reduce(1..event["depth"], nil, fn _, inner -> [inner] end)}

  defp run("values", _event), do: {:ok, values()}
  defp run("keyword", _event), do: {:ok, [name: "Ada", tags: [:a, :b]]}
  defp run("unencodable", event), do: {:ok, %{list: [1, unencodable(event["what"])]}}

  defp run("print", event) do
    for line <- 1..event["lines"], do: IO.puts("line #{line}")
    IO.puts(:stderr, "to stderr")
    IO.write("without an end")
    {:ok, nil}
  end

  defp run("log elsewhere", _event) do
    Task.async(fn -> Logger.warning("in a task") end) |> Task.await()
    IO.inspect(%{a: 1}, label: "inspected")
    {:ok, nil}
  end

  defp run("print unicode", _event), do: {:ok, IO.puts("é ✓ 日本")}

  defp only_atoms(value) when is_atom(value), do: value

  defp loop(count), do: loop(count + 1)

  defp values do
    %{
      atom: :some,
      nothing: nil,
      yes: true,
      big: 123_456_789_012_345_678_901_234_567_890,
      float: 1.5,
      date: ~D[2026-01-02],
      time: ~T[03:04:05],
      naive: ~N[2026-01-02 03:04:05],
      utc: ~U[2026-01-02 03:04:05Z],
      text: "é ✓ \u0000 \u2028"
    }
  end

  defp unencodable("pid"), do: self()
  defp unencodable("reference"), do: make_ref()
  defp unencodable("function"), do: &loop/1
  defp unencodable("tuple"), do: {1, 2}
  defp unencodable("improper"), do: [1 | 2]
  defp unencodable("bytes"), do: <<255, 254>>
  defp unencodable("struct"), do: %Account{name: "Ada", password: "secret"}
  defp unencodable("set"), do: MapSet.new(["secret"])
  defp unencodable("key"), do: %{{1, 2} => 3}

  # Arity 2: event and context.
  def two(event, context),
    do: {:ok, %{event: event, id: context.request_id, client: context.client_context}}
end
