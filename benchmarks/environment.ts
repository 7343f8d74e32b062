import { type ChildProcess, spawn } from "node:child_process";
import type { Case } from "./cases/case.ts";

/** One execution environment: the processes of one start, a process group of their own. */
export class Environment {
  readonly startedAt: number;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #output: string[] = [];

  constructor(
    one: Case,
    address: string,
    options: {
      readonly command?: readonly string[];
      readonly memoryMb?: number;
      readonly environment?: Readonly<Record<string, string>>;
      readonly endedEarly: (error: Error) => void;
    },
  ) {
    const [program = "", ...args] = options.command ?? one.command;
    this.startedAt = performance.now();
    this.#child = spawn(program, args, {
      cwd: one.folder,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: { ...lambdaVariables(one, address, options.memoryMb ?? 1024), ...options.environment },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (bytes: Buffer) => this.#output.push(bytes.toString()));
    }
    this.ended = new Promise((resolve) => {
      this.#child.on("error", (error) => {
        options.endedEarly(error);
        resolve();
      });
      this.#child.on("exit", (code, signal) => {
        const name = `${one.workload.name} on ${one.runtime}`;
        options.endedEarly(new Error(`${name} ended with ${code ?? signal}:\n${this.#output.join("").slice(-4_000)}`));
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#output.join("");
  }

  async end(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
    await this.ended;
  }
}

/** As Lambda sets them. The keys and the endpoint are for the SDK workload's one call. */
function lambdaVariables(one: Case, address: string, memoryMb: number): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: "/tmp",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    AWS_LAMBDA_RUNTIME_API: address,
    AWS_LAMBDA_FUNCTION_NAME: "bench",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${memoryMb}`,
    AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/bench",
    AWS_LAMBDA_LOG_STREAM_NAME: "bench",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_ENDPOINT_URL_DYNAMODB: `http://${address}`,
    LAMBDA_TASK_ROOT: one.folder,
    ...one.environment,
  };
}
