import type { FunctionSettings } from "../function-settings.ts";
import type { Reaper } from "../sandbox/reaper.ts";
import type { SandboxPlan } from "../sandbox/sandbox.ts";
import { FUNCTION_VERSION } from "../function-name.ts";
import { functionVariables, type Placement } from "./function-variables.ts";
import type { LocalAccount } from "../account.ts";

/** What every process of a function is started with, whoever watches over it. */
export function processPlan(
  settings: FunctionSettings,
  account: LocalAccount,
  placement: Omit<Placement, "runtimeApi">,
  reaper: Reaper,
): Pick<SandboxPlan, "taskRoot" | "variables" | "identity" | "reaper"> {
  return {
    taskRoot: placement.taskRoot,
    variables: (runtimeApi) => functionVariables(settings, account, { ...placement, runtimeApi }),
    identity: { functionName: settings.name, functionVersion: FUNCTION_VERSION, handler: settings.handler ?? "" },
    reaper,
  };
}
