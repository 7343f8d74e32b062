import { type ChildProcess, spawn } from "node:child_process";

/** The real bootstrap as a child process, with Lambda's variables and no others. */
export interface RuntimeProcess {
  /** Every line of standard output and standard error so far. */
  readonly lines: readonly string[];
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** The first line that contains `text`, once it is there. Rejects when the process ends without. */
  line(text: string): Promise<string>;
  kill(signal?: NodeJS.Signals): void;
}

export interface ProcessOptions {
  readonly bootstrap: string;
  readonly handler: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/** @param address `host:port` of the Runtime API */
export function startProcess(address: string, options: ProcessOptions): RuntimeProcess {
  const child = spawn(options.bootstrap, {
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      AWS_REGION: "us-east-1",
      AWS_LAMBDA_RUNTIME_API: address,
      AWS_LAMBDA_FUNCTION_NAME: "contract",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/contract",
      AWS_LAMBDA_LOG_STREAM_NAME: "2026/01/01/[$LATEST]0123",
      ...(options.handler !== undefined && { _HANDLER: options.handler }),
      ...options.environment,
    },
  });
  return watch(child);
}

function watch(child: ChildProcess): RuntimeProcess {
  const lines: string[] = [];
  const waiters = new Set<() => void>();
  const changed = (): void => {
    for (const waiter of waiters) waiter();
  };
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    // Only LF ends an event for CloudWatch; readline would also split at CR.
    let rest = "";
    stream.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      changed();
    });
  }
  let ended = false;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      ended = true;
      resolve({ code, signal });
      changed();
    });
  });
  return {
    lines,
    exited,
    line: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines.find((line) => line.includes(text));
          if (found === undefined && !ended) return;
          waiters.delete(look);
          if (found !== undefined) resolve(found);
          else
            reject(
              new Error(`The process ended without saying ${JSON.stringify(text)}. It said:\n${lines.join("\n")}`),
            );
        };
        waiters.add(look);
        look();
      }),
    kill: (signal = "SIGKILL") => void child.kill(signal),
  };
}
