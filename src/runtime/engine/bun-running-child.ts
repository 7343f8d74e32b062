import { openSocket } from "./bun-socket.ts";
import type { ChildEnd, RunningChild } from "./engine.ts";

/** From waitpid(2) on Linux. */
const WNOHANG = 1;
/** Its descriptors are closed a moment before its status is there. */
const POLL_MS = 2;

/** A child process, however it came to be. */
export interface StartedChild {
  readonly pid: number;
  /** Descriptors of this process, for the child's 3 and 4. */
  readonly input: number;
  readonly output: number;
  /** Reads what the child prints, to its end. */
  readonly read: (stream: "stdout" | "stderr", chunk: (bytes: Uint8Array) => void) => Promise<void>;
  /** Resolves with the child's end. Told when the child has closed its side of `output`. */
  readonly exit: (channelClosed: Promise<void>) => Promise<ChildEnd>;
  readonly kill: () => void;
}

/** A child of this process that Bun knows nothing of, since it was started before Bun was. */
export function runningChild({ pid, input, output, stdout, stderr }: RunningChild): StartedChild {
  const outputs = { stdout, stderr };
  let ended = false;
  return {
    pid,
    input,
    output,
    read: (stream, chunk) =>
      new Promise((resolve, reject) => {
        openSocket({ fd: outputs[stream] }, { data: chunk, closed: () => resolve() }).catch(reject);
      }),
    exit: async (channelClosed) => {
      await channelClosed;
      const end = await statusOf(pid);
      ended = true;
      return end;
    },
    // Once its status is taken, the number may be that of another process.
    kill: () => {
      if (!ended) process.kill(pid, "SIGKILL");
    },
  };
}

async function statusOf(pid: number): Promise<ChildEnd> {
  // Loaded only when a virtual machine ends: the engine has no other way to wait for it.
  const { dlopen } = await import("bun:ffi");
  const { symbols } = dlopen("libc.so.6", { waitpid: { args: ["int", "ptr", "int"], returns: "int" } });
  const status = new Int32Array(1);
  for (;;) {
    const waited = symbols.waitpid(pid, status, WNOHANG);
    if (waited === pid) return readStatus(status[0] ?? 0);
    if (waited < 0) return { code: null, signal: null };
    await Bun.sleep(POLL_MS);
  }
}

/** As wait(2) describes it: the signal in the lower seven bits, the exit status in the byte above. */
function readStatus(status: number): ChildEnd {
  const number = status & 0x7f;
  if (number === 0) return { code: (status >> 8) & 0xff, signal: null };
  const { signals } = process.getBuiltinModule("node:os").constants;
  const found = Object.entries(signals).find(([, value]) => value === number);
  return { code: null, signal: found?.[0] ?? `${number}` };
}
