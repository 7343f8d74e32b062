import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildProject } from "../build/build.ts";
import { type CompileOptions, compileOptions } from "../build/compile-options.ts";
import { keepOrder, ORDER_VARIABLE } from "../build/bundle/bytecode-order.ts";
import { writeProfile } from "../build/bundle/defer/profile.ts";
import { modulesMeant } from "../build/handlers/handler-string.ts";
import { LOADED_MARK } from "../build/bundle/mayfly-sources.ts";
import { hostTarget } from "../build/target.ts";
import { withTemporaryFolder } from "../support/temporary-folder.ts";
import { Fault } from "../fault.ts";
import { LocalLambda } from "../local/local-lambda.ts";
import type { ResolvedProject } from "../project/types.ts";
import { chooseFunction } from "../local/choose-function.ts";
import { localFunction } from "./local-function.ts";
import { messageOf } from "../support/system-error.ts";

interface Recording {
  /** A file, or JSON. */
  readonly event: string;
  readonly handler: string | undefined;
  /** Of the build that the profile is for. */
  readonly compile: CompileOptions;
  readonly progress: (step: string) => void;
}

/**
 * Invokes a function of the project once, in the local Lambda, and notes in the project's profile what it loads and in
 * which order it uses its code. Returns warnings. An invocation that fails is recorded too: what it loaded before it
 * missed its database it will load on Lambda as well.
 * @throws Fault MAYFLY_PROFILE_EVENT, MAYFLY_PROFILE_HANDLER, and as the build and the choice of a handler do
 */
export async function recordProfile(project: ResolvedProject, recording: Recording): Promise<readonly string[]> {
  const event = readEvent(recording.event);
  return withTemporaryFolder(async (outdir) => {
    const { compile, progress } = recording;
    const built = await buildProject(project, {
      outdir,
      zip: false,
      target: hostTarget(),
      compile: compileOptions({ external: compile.external, record: true, order: false }),
      progress,
    });
    const { artifact, ...chosen } = chooseFunction(built, { handler: recording.handler });
    const handler = chosen.handler ?? "";
    const [entry, another] = modulesMeant(handler, project.entries);
    if (entry === undefined || another !== undefined) {
      throw new Fault("MAYFLY_PROFILE_HANDLER", `"${chosen.name}" is no function that is compiled in.`, {
        hint: "A profile is of TypeScript and JavaScript handlers; Elixir and servers of their own have none.",
      });
    }
    progress(`Recording ${handler}`);
    const modules: string[] = [];
    const recorded = join(outdir, "recorded.order");
    const lambda = await LocalLambda.start({
      functions: localFunction({ ...chosen, artifact: dirname(artifact) }, { env: { [ORDER_VARIABLE]: recorded } }),
      onLog: ({ line }) => {
        if (line.startsWith(LOADED_MARK)) modules.push(line.slice(LOADED_MARK.length));
      },
    });
    const warnings: string[] = [];
    try {
      // Comes back when the process has ended, which a recording's does after one invocation.
      const { functionError, payload } = await lambda.invoke(chosen.name, event);
      if (functionError) {
        const failure = payload.toString().slice(0, 500);
        warnings.push(`${handler} failed on the event, so its profile ends there: ${failure}`);
      }
    } finally {
      await lambda.stop();
    }
    writeProfile(project.root, entry.module, modules);
    if (!keepOrder(project.root, entry.module, recorded)) {
      warnings.push(`${handler} didn't end by itself, so the order in which it uses its code is not recorded.`);
    }
    return warnings;
  });
}

function readEvent(given: string): Buffer {
  try {
    JSON.parse(given);
    return Buffer.from(given);
  } catch {
    // Then it is a file's name.
  }
  try {
    const text = readFileSync(given, "utf8");
    JSON.parse(text);
    return Buffer.from(text);
  } catch (cause) {
    throw new Fault("MAYFLY_PROFILE_EVENT", `"${given}" is neither JSON nor a file with JSON: ${messageOf(cause)}`, {
      hint: `--profile takes what mayfly invoke takes with --event or --data: --profile event.json`,
      cause,
    });
  }
}
