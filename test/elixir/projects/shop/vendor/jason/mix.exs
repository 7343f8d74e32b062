defmodule Jason.MixProject do
  use Mix.Project

  # A stand-in with the name and the protocol of the library that most projects use, for tests without a network.
  def project do
    [app: :jason, version: "1.4.0", elixir: "~> 1.14", deps: []]
  end

  def application, do: [extra_applications: [:logger]]
end
