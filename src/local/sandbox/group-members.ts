import { execFileSync } from "node:child_process";

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly residentBytes: number;
  /** With the number it names one process for ever: numbers are used again. */
  readonly startedAt: string;
}

export interface Look {
  readonly members: readonly number[];
  readonly residentBytes: number;
}

/**
 * The processes of a group and their descendants, as `ps` shows them on every system. Whoever was one of them stays one,
 * also when its parent has ended and it has left the group: as far as it was ever seen.
 */
export class GroupMembers {
  readonly #leader: number;
  /** Number and time of start. */
  #seen: ReadonlyMap<number, string> = new Map();

  constructor(leader: number) {
    this.#leader = leader;
  }

  look(): Look {
    const rows = processes();
    const members = new Map<number, ProcessRow>();
    const take = (belongs: (row: ProcessRow) => boolean): boolean => {
      const more = rows.filter((row) => !members.has(row.pid) && belongs(row));
      for (const row of more) members.set(row.pid, row);
      return more.length > 0;
    };
    take(
      ({ pid, group, startedAt }) =>
        pid === this.#leader || group === this.#leader || this.#seen.get(pid) === startedAt,
    );
    while (take(({ parent }) => members.has(parent)));
    this.#seen = new Map([...members].map(([pid, { startedAt }]) => [pid, startedAt]));
    const residentBytes = [...members.values()].reduce((sum, row) => sum + row.residentBytes, 0);
    return { members: [...members.keys()], residentBytes };
  }
}

function processes(): ProcessRow[] {
  const text = execFileSync("ps", ["-axo", "pid=,ppid=,pgid=,rss=,lstart="], { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [pid = "", parent = "", group = "", rss = "", ...startedAt] = line.trim().split(/\s+/);
      return {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        residentBytes: Number(rss) * 1024,
        startedAt: startedAt.join(" "),
      };
    });
}
