import Config

config :shop,
  table: System.get_env("TABLE", "none"),
  nested: [a: 1, b: String.to_integer(System.get_env("SIZE", "2"))]

if System.get_env("BREAK") == "config", do: raise("no configuration today")

# Of rel/vm.args.eex.
config :shop, processes: :erlang.system_info(:process_limit)
