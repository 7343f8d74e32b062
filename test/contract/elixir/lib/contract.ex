defmodule Contract do
  @compile {:no_warn_undefined, Mayfly}
  require Logger

  defmodule OrderNotFound do
    defexception message: "no such order"
  end

  def echo(event), do: {:ok, event}

  def context(_event) do
    context = Mayfly.context()

    {:ok,
     %{
       requestId: context.request_id,
       arn: context.invoked_function_arn,
       traceId: context.trace_id,
       functionName: context.function_name,
       remaining: Mayfly.remaining_time(),
       tenantId: context.tenant_id
     }}
  end

  def expected_failure(_event), do: {:error, "name is required"}

  def custom_error(_event), do: raise(OrderNotFound)

  def waits(%{"id" => id, "until" => file}) do
    before = Mayfly.context().request_id
    wait_for(file)
    {:ok, %{id: id, before: before, after: Mayfly.context().request_id}}
  end

  defp wait_for(file) do
    if not File.exists?(file) do
      Process.sleep(5)
      wait_for(file)
    end
  end

  def logs(%{"level" => level}) do
    Logger.log(level(level), "first\nsecond")
    {:ok, nil}
  end

  defp level("debug"), do: :debug
  defp level("info"), do: :info
  defp level("warn"), do: :warning
  defp level("error"), do: :error

  def unencodable(_event), do: {:ok, %{user: %{id: self()}}}

  def large(%{"size" => size}), do: {:ok, String.duplicate("x", size)}

  def counter(_event), do: {:ok, Contract.Counter.next()}

  def exits(%{"code" => code}), do: System.halt(code)
  def exits(_event), do: {:ok, "served"}

  defmodule Counter do
    use Agent

    def start_link(_options), do: Agent.start_link(fn -> 0 end, name: __MODULE__)
    def next, do: Agent.get_and_update(__MODULE__, &{&1 + 1, &1 + 1})
  end
end
