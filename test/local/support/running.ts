import { existsSync } from "node:fs";

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie waits for a parent to collect it, which a container may lack.
  return process.platform !== "linux" || existsSync(`/proc/${pid}/fd/0`);
}
