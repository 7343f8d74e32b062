import { spawn, type ChildProcess } from "node:child_process";

/**
 * Reads `+PID` (the leader of a group), `=PID` (one that ends by itself) and `-PID` (either, it is gone) lines. When the
 * pipe closes, which it does however our process ends, kills the groups that are left, waits up to five seconds for the
 * others, and deletes the folder.
 */
const SCRIPT = `
groups=" " others=" "
while read -r line; do
  pid="\${line#?}"
  case "$line" in
    +*) groups="$groups$pid " ;;
    =*) others="$others$pid " ;;
    -*)
      case "$groups" in *" $pid "*) groups="\${groups%% $pid *} \${groups#* $pid }" ;; esac
      case "$others" in *" $pid "*) others="\${others%% $pid *} \${others#* $pid }" ;; esac ;;
  esac
done
for pid in $groups; do kill -s KILL -- "-$pid" 2>/dev/null; done
rounds=0
for pid in $others; do
  while [ -e "/proc/$pid/fd/1" ] && [ $rounds -lt 100 ]; do rounds=$((rounds + 1)); sleep 0.05; done
done
chmod -R u+w -- "$1" 2>/dev/null
rm -rf -- "$1"
`;

/**
 * Cleans up after us when we can't: a crash, Ctrl-C in a test runner, SIGKILL. Frozen processes would otherwise stay for
 * ever. A small shell, in a session of its own so that no Ctrl-C reaches it.
 */
export class Reaper {
  readonly #shell: ChildProcess;

  /** @param folder is deleted in the end, ours or the reaper's. */
  constructor(folder: string) {
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "mayfly-reaper", folder], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: "/usr/bin:/bin" },
    });
    this.#shell.unref();
    // Without a shell there is no safety net, but nothing is wrong yet.
    this.#shell.on("error", (error) => process.emitWarning(`The local Lambda runs without a reaper: ${error.message}`));
    this.#shell.stdin?.on("error", () => undefined);
  }

  /** `pid` leads a process group that must not outlive us. */
  watch(pid: number): void {
    this.#shell.stdin?.write(`+${pid}\n`);
  }

  /** `pid` ends when we do, a moment later: until then it may write to the folder. */
  awaits(pid: number): void {
    this.#shell.stdin?.write(`=${pid}\n`);
  }

  /** It is gone, and its number may soon be another's. */
  forget(pid: number): void {
    this.#shell.stdin?.write(`-${pid}\n`);
  }

  /** Nothing is left to do but delete the folder. */
  dismiss(): void {
    this.#shell.stdin?.end();
  }
}
