import { buildContract } from "./build-fixture.ts";
import { describeContract } from "./suite.ts";

describeContract({
  name: "TypeScript on Bun",
  build: buildContract,
  handlers: {
    echo: "contract.echo",
    context: "src/contract.context",
    expectedFailure: "contract.expectedFailure",
    customError: "contract.customError",
    waits: "contract.waits",
    logs: "contract.logs",
    unencodable: "contract.unencodable",
    large: "contract.large",
    counter: "contract.counter",
    exits: "contract.exits",
    brokenInit: "broken.handle",
    missing: "contract.ecko",
  },
  customErrorType: "OrderNotFound",
  customErrorCause: true,
  outlivesExit: false,
  customErrorFrame: /^at (async )?customError \(src\/contract\.ts:\d+:\d+\)$/,
});
