import { describe } from "vitest";
import { buildMixFixture, withoutElixir } from "./build-mix-fixture.ts";
import { describeContract } from "./suite.ts";

describe.skipIf(withoutElixir)("with Elixir's mix on the PATH", () => {
  describeContract({
    name: "Elixir on the BEAM",
    build: buildMixFixture,
    handlers: {
      echo: "Elixir.Contract.echo",
      context: "Elixir.Contract.context",
      expectedFailure: "Elixir.Contract.expected_failure",
      customError: "Elixir.Contract.custom_error",
      waits: "Elixir.Contract.waits",
      logs: "Elixir.Contract.logs",
      unencodable: "Elixir.Contract.unencodable",
      large: "Elixir.Contract.large",
      counter: "Elixir.Contract.counter",
      exits: "Elixir.Contract.exits",
      brokenInit: "Elixir.Broken.handle",
      missing: "Elixir.Contract.ecko",
    },
    customErrorType: "Contract.OrderNotFound",
    customErrorFrame: /lib\/contract\.ex:\d+: Contract\.custom_error\/1$/,
    customErrorCause: false,
    outlivesExit: true,
  });
});
