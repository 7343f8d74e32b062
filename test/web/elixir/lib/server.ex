defmodule Shopfront.Server do
  @moduledoc "An HTTP server on nothing but the socket: what Bandit or Cowboy are, as far as a test needs it."
  use Task, restart: :permanent
  require Logger

  def start_link(port), do: Task.start_link(__MODULE__, :listen, [port])

  def listen(port) do
    options = [:binary, packet: :http_bin, active: false, reuseaddr: true, ip: {127, 0, 0, 1}]
    {:ok, socket} = :gen_tcp.listen(port, options)
    accept(socket)
  end

  defp accept(socket) do
    {:ok, client} = :gen_tcp.accept(socket)
    pid = spawn(fn -> receive(do: (:go -> serve(client))) end)
    :ok = :gen_tcp.controlling_process(client, pid)
    send(pid, :go)
    accept(socket)
  end

  defp serve(client) do
    with {:ok, {:http_request, method, {:abs_path, path}, _}} <- :gen_tcp.recv(client, 0),
         {:ok, headers} <- headers(client, %{}) do
      body = body(client, String.to_integer(Map.get(headers, "content-length", "0")))
      answer(client, to_string(method), path, headers, body)
      :inet.setopts(client, packet: :http_bin)
      serve(client)
    else
      _ -> :gen_tcp.close(client)
    end
  end

  defp headers(client, seen) do
    case :gen_tcp.recv(client, 0) do
      {:ok, {:http_header, _, name, _, value}} ->
        headers(client, Map.put(seen, String.downcase(to_string(name)), value))

      {:ok, :http_eoh} ->
        {:ok, seen}

      other ->
        other
    end
  end

  defp body(client, length) do
    :inet.setopts(client, packet: :raw)
    if length == 0, do: "", else: client |> :gen_tcp.recv(length) |> elem(1)
  end

  defp answer(client, _, "/halt", _, _) do
    _ = client
    System.halt(3)
  end

  defp answer(client, _, "/ready", _, _), do: reply(client, "ready")

  defp answer(client, _, "/stream", _, _) do
    :gen_tcp.send(
      client,
      "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n"
    )

    for part <- ["one ", "two"], do: :gen_tcp.send(client, "#{byte_size(part)}\r\n#{part}\r\n")
    :gen_tcp.send(client, "0\r\n\r\n")
  end

  defp answer(client, _, "/log", _, _) do
    Logger.warning("through Logger")
    IO.puts("through IO")
    reply(client, "logged")
  end

  defp answer(client, method, path, headers, body) do
    reply(
      client,
      Enum.join([method, path, headers["host"], byte_size(body), Shopfront.Counter.next()], " ")
    )
  end

  defp reply(client, text) do
    head = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n"
    :gen_tcp.send(client, [head, "content-length: #{byte_size(text)}\r\n\r\n", text])
  end
end
