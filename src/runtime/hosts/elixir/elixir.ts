import type { ErrorDocument } from "../../../protocol/error-document.ts";
import { RELEASE_FOLDER, RELEASE_MANIFEST } from "../../../protocol/release-place.ts";
import type { Context } from "../../context.ts";
import type { Engine } from "../../engine/engine.ts";
import { log } from "../../log/log.ts";
import { Beam } from "./beam.ts";
import { stillStarting } from "./beam-faults.ts";
import { fault, how } from "../child/child-faults.ts";
import { beamCommand, type BeamManifest, parseManifest } from "./beam-manifest.ts";
import { beforeDeadline, START_WITHIN_MS } from "../child/deadline-steps.ts";
import type { HandlerHost } from "../host.ts";
import type { HandlerOutcome, InitOutcome } from "../../outcome.ts";
import { takeLaunched } from "./launched-beam.ts";

/** What an invocation without any payload carries. */
const EMPTY_EVENT = new TextEncoder().encode("{}");

export interface ElixirHostParts {
  readonly engine: Engine;
  /** The process's own: what the launcher left there for this process alone is taken out of it. */
  readonly environment: Record<string, string | undefined>;
  /** The package's folder: the release lies in `beam` below it. */
  readonly packageRoot: string;
}

export interface ElixirHost extends HandlerHost {
  /** A BEAM that can be used once it has `started`; a new one if the last has ended. Only after `start`. */
  current(): Promise<Beam>;
}

/**
 * Runs Elixir handlers in a BEAM child process, which holds the user's whole application. When the child ends, the
 * invocations it served fail and a new one takes its place.
 */
export function elixirHost({ engine, environment, packageRoot }: ElixirHostParts): ElixirHost {
  const root = `${packageRoot}/${RELEASE_FOLDER}`;
  const manifestPath = `${root}/${RELEASE_MANIFEST}`;
  let manifest: BeamManifest | undefined;
  let beam: Beam | undefined;

  const startBeam = (found: BeamManifest): Beam => {
    const running = takeLaunched(environment, process.execPath);
    const command = beamCommand(found, root, environment);
    const started = new Beam(engine, running === undefined ? command : { ...command, running }, (loss) => {
      if (loss.untold) log.error(`The BEAM ended ${how(loss.end)} between two invocations`);
      // Otherwise the next invocation would have to wait for all of it.
      if (loss.missed && beam === started) startBeam(found);
    });
    beam = started;
    return started;
  };

  const current = async (): Promise<Beam> => {
    if (manifest === undefined || beam === undefined) throw new Error("invoke was called before start");
    await beam.cleared();
    return beam.alive ? beam : startBeam(manifest);
  };

  /** A BEAM that can take an invocation, or the reason why there is none. */
  const ready = async (): Promise<{ readonly serving: Beam; readonly start: InitOutcome }> => {
    const serving = await current();
    return { serving, start: await serving.started };
  };

  return {
    elsewhere: true,
    current,
    async start(): Promise<InitOutcome> {
      const setting = environment["_HANDLER"] ?? "";
      const text = await engine.readText(manifestPath);
      if (text === undefined) {
        return failed(
          fault(
            "Runtime.HandlerNotFound",
            `Handler not found: "${setting}" names an Elixir function, and this package has no Elixir application in it.`,
          ),
        );
      }
      manifest = parseManifest(text);
      if (manifest === undefined) {
        return failed(fault("Runtime.InvalidEntrypoint", `Initialization error: ${manifestPath} can't be read.`));
      }
      const slow = setTimeout(
        () => log.warn(`The application has not started within ${START_WITHIN_MS / 1000} s`),
        START_WITHIN_MS,
      );
      const outcome = await startBeam(manifest).started;
      clearTimeout(slow);
      return outcome;
    },

    async invoke(event: Uint8Array, context: Context): Promise<HandlerOutcome> {
      const found = await beforeDeadline(context, ready());
      if (found === undefined) return { kind: "failed", document: stillStarting(), expected: false };
      if (found.start.kind === "failed") return { kind: "host-died", document: found.start.document, exitCode: 1 };
      return found.serving.invoke(event.length === 0 ? EMPTY_EVENT : event, context);
    },
  };
}

function failed(document: ErrorDocument): InitOutcome {
  return { kind: "failed", document };
}
