defmodule Documented.MixProject do
  use Mix.Project

  def project do
    # The test puts a stand-in for Jason there: the real one would have to be fetched.
    [
      app: :documented,
      version: "0.1.0",
      elixir: "~> 1.14",
      deps: [{:jason, path: "vendor/jason"}]
    ]
  end

  def application, do: [extra_applications: [:logger]]
end
