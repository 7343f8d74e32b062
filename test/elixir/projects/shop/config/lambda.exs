import Config

config :shop, flavour: "lambda"
