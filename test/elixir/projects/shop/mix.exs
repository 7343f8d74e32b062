defmodule Shop.MixProject do
  use Mix.Project

  def project do
    [app: :shop, version: "1.2.0", elixir: "~> 1.14", start_permanent: true, deps: deps()]
  end

  def application do
    [extra_applications: [:logger], mod: {Shop.Application, []}]
  end

  # A dependency of the usual kind, with a protocol of its own.
  defp deps do
    [{:jason, path: "vendor/jason"}]
  end
end
