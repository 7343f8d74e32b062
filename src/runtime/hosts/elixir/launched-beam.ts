import type { RunningChild } from "../../engine/engine.ts";
import { isLaunched } from "../../package-root.ts";

/** Set by launcher/launcher.c. */
const VARIABLE = "MAYFLY_BEAM";

/** The BEAM that was started together with this process, if there is one that nobody has taken yet. */
export function takeLaunched(
  environment: Record<string, string | undefined>,
  execPath: string,
): RunningChild | undefined {
  const text = environment[VARIABLE];
  delete environment[VARIABLE];
  if (text === undefined || !isLaunched(execPath)) return undefined;
  const [pid, input, output, stdout, stderr] = text.split(",").map(Number);
  if (pid === undefined || input === undefined || output === undefined || stdout === undefined) return undefined;
  return stderr === undefined ? undefined : { pid, input, output, stdout, stderr };
}
