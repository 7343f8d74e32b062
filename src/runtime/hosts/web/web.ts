import type { WebCommand, WebSettings } from "../../../protocol/web-settings.ts";
import type { Variables } from "../../context.ts";
import type { Engine } from "../../engine/engine.ts";
import { packageRoot } from "../../package-root.ts";
import { log } from "../../log/log.ts";
import { onShutdown } from "../../shutdown.ts";
import { how } from "../child/child-faults.ts";
import type { HandlerHost } from "../host.ts";
import type { InitOutcome } from "../../outcome.ts";
import { programCommand } from "./web-command.ts";
import { portTaken } from "./web-faults.ts";
import { WebProgram } from "./web-program.ts";
import { START_WITHIN_MS } from "../child/deadline-steps.ts";
import { listeningAt } from "./web-ready.ts";
import { serveWeb, type WebServer } from "./web-serve.ts";

/** A server that ends at Lambda's SIGTERM can be quicker than the runtime, which gets the same signal. */
const SIGTERM_ON_ITS_WAY_MS = 50;

export interface WebHostParts {
  readonly engine: Engine;
  readonly environment: Variables;
  /** The bootstrap's absolute path. The server runs in its folder. */
  readonly bootstrap: string;
  /** Whether its answers are streamed. */
  readonly streams: boolean;
}

/**
 * Runs a server in a child process and sends it each invocation as an HTTP request. When the server ends, the
 * requests it served fail and a new one takes its place.
 */
export function webHost(
  { engine, environment, bootstrap, streams }: WebHostParts,
  settings: WebSettings,
  command: WebCommand,
): HandlerHost {
  const root = packageRoot(bootstrap);
  let port = settings.port ?? 0;
  let program: WebProgram | undefined;

  const startProgram = (elapsed: number): WebProgram => {
    const plan = {
      command: programCommand(command, { root, bootstrap, environment, port }),
      name: command.words.join(" "),
      check: {
        port,
        path: settings.readyPath,
        within: settings.startTimeout === undefined ? START_WITHIN_MS - elapsed : settings.startTimeout * 1_000,
      },
    };
    const started = new WebProgram(engine, plan, (end) => {
      if (!started.idle) {
        // Otherwise the next invocation would have to wait for all of it.
        if (program === started) startProgram(0);
        return;
      }
      setTimeout(() => {
        if (!started.meant) log.error(`The server ended ${how(end)} between two invocations`);
      }, SIGTERM_ON_ITS_WAY_MS);
    });
    program = started;
    return started;
  };

  const current = (): WebServer => (program?.alive === true ? program : startProgram(0));

  return {
    elsewhere: true,
    async start(): Promise<InitOutcome> {
      if (settings.port === undefined) port = await engine.freePort();
      else if ((await listeningAt(engine, port)) !== undefined) return { kind: "failed", document: portTaken(port) };
      onShutdown(() => program?.stop());
      process.on("exit", () => program?.kill());
      return startProgram(performance.now()).started;
    },
    invoke: serveWeb(settings, streams, current),
  };
}
