import type { ProcessPlan, ProcessStart } from "./function-process.ts";
import { ProcessGroup } from "./process-group.ts";
import { SupervisedProcess } from "./supervised-process.ts";

/** Linux tells what descends from whom, whatever becomes of the processes between: docs/decisions/0032-supervisor.md. */
export function startProcess(plan: ProcessPlan): Promise<ProcessStart> {
  return process.platform === "linux" ? SupervisedProcess.start(plan) : ProcessGroup.start(plan);
}
