import { Command, Option } from "commander";
import { withTemporaryFolder } from "../../support/temporary-folder.ts";
import { FRONT_KINDS, type FrontKind } from "../../http/front/front-kind.ts";
import { LocalLambda } from "../../local/local-lambda.ts";
import { toList, toPort } from "../option-values.ts";
import { type FunctionFlags, functionOptions } from "../function-options.ts";
import { localFunction, showLog } from "../local-function.ts";
import { preparePackage, refuseWhatNamesNoFunction } from "../prepare-package.ts";
import { paintFor } from "../terminal.ts";

interface DevFlags extends FunctionFlags {
  readonly front?: FrontKind;
  readonly port: number;
  readonly binaryMediaType?: readonly string[];
}

const DEFAULT_PORT = 3000;

export function devCommand(): Command {
  const command = new Command("dev")
    .summary("serve a function over HTTP, in a local Lambda")
    .description(
      "Build the project and serve a function over HTTP on this machine until Ctrl-C, as its function URL or another " +
        "front does on AWS. The URL goes to stdout, the log to stderr. It builds once: after a change, start it again.",
    )
    .argument("[function]", "a function of mayfly.config.ts, if there are several")
    .addOption(
      new Option(
        "--front <front>",
        "what stands before the function (default: its function URL, streaming if mayfly.config.ts says so)",
      ).choices(FRONT_KINDS),
    )
    .option("-p, --port <port>", "port to listen on, 0 for any free one", toPort, DEFAULT_PORT)
    .option("--binary-media-type <type>", "what a REST API takes and gives as bytes; repeat for more", toList);
  return functionOptions(command, { zip: "serve this package instead of building" })
    .addHelpText("after", "\nExamples:\n  mayfly dev\n  mayfly dev api --front api-gateway-v2 --port 8080")
    .action(async (name: string | undefined, flags: DevFlags, command: Command) => {
      if (name !== undefined) refuseWhatNamesNoFunction(name, flags, command);
      await withTemporaryFolder(async (outdir) => {
        await serve(name, flags, outdir);
      });
    });
}

/** Until a signal ends it. */
async function serve(name: string | undefined, flags: DevFlags, outdir: string): Promise<void> {
  const chosen = await preparePackage(name, flags, outdir, false);
  const paint = paintFor(process.stderr, process.env);
  const interrupted = signalled();
  const lambda = await LocalLambda.start({ functions: localFunction(chosen, flags), onLog: showLog() });
  try {
    const { front = chosen.front ?? "function-url", port, binaryMediaType: binaryMediaTypes = [] } = flags;
    const url = await lambda.serve(chosen.name, { front, port, binaryMediaTypes });
    process.stdout.write(`${url}\n`);
    process.stderr.write(paint("dim", `${chosen.name} as ${front}. Ctrl-C ends it.\n`));
    await interrupted;
  } finally {
    await lambda.stop();
  }
}

/** Resolves at the first signal that asks for the end, which is how this command is meant to end. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => resolve();
    process.once("SIGINT", end).once("SIGTERM", end).once("SIGHUP", end);
  });
}
