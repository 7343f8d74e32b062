import Config

config :contract_fixture, greeting: System.get_env("GREETING", "none set")
