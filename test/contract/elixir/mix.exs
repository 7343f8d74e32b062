defmodule ContractFixture.MixProject do
  use Mix.Project

  def project do
    [app: :contract_fixture, version: "0.1.0", elixir: "~> 1.14", deps: []]
  end

  def application do
    [extra_applications: [:logger], mod: {ContractFixture.Application, []}]
  end
end
