import { readdirSync } from "node:fs";
import { readProcFile } from "./proc-file.ts";

/** `leader` and all its descendants, on Linux. */
export function withDescendants(leader: number): number[] {
  const rows = processes();
  const members = new Set([leader]);
  let grew = true;
  while (grew) {
    grew = false;
    for (const { pid, parent } of rows) {
      if (!members.has(parent) || members.has(pid)) continue;
      members.add(pid);
      grew = true;
    }
  }
  return [...members];
}

function processes(): { readonly pid: number; readonly parent: number }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readProcFile(`/proc/${name}/stat`);
    // The second field is the command in parentheses and may hold anything, so count from its end.
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === undefined || state === "Z" || parent === undefined
      ? []
      : [{ pid: Number(name), parent: Number(parent) }];
  });
}
