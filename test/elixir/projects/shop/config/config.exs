import Config

config :shop, greeting: "compiled", mode: config_env()
config :logger, level: :info

if config_env() == :lambda, do: import_config("lambda.exs")
