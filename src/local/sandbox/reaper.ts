import { spawn, type ChildProcess } from "node:child_process";

/**
 * Reads `+PID` and `-PID` lines. When the pipe closes, which it does however our process ends, kills the groups that are
 * left, and deletes the folder.
 */
const SCRIPT = `
groups=" "
while read -r line; do
  case "$line" in
    +*) groups="$groups\${line#+} " ;;
    -*) pid="\${line#-}"; case "$groups" in *" $pid "*) groups="\${groups%% $pid *} \${groups#* $pid }" ;; esac ;;
  esac
done
for pid in $groups; do kill -s KILL -- "-$pid" 2>/dev/null; done
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

  /** The group is gone, and its number may soon be another's. */
  forget(pid: number): void {
    this.#shell.stdin?.write(`-${pid}\n`);
  }

  /** Nothing is left to do but delete the folder. */
  dismiss(): void {
    this.#shell.stdin?.end();
  }
}
