import { randomUUID } from "node:crypto";
import { Fault } from "../fault.ts";
import { DEFAULT_ACCOUNT } from "../local/account.ts";
import { failureAnswer, initialise, type RuntimeFailure } from "../local/environments/initialise.ts";
import { processPlan } from "../local/environments/process-plan.ts";
import { functionArn } from "../local/function-name.ts";
import type { FunctionSettings } from "../local/function-settings.ts";
import { Invocation } from "../local/invocation.ts";
import { newTraceId } from "../local/trace-id.ts";
import { BufferedSink } from "../local/response-sinks.ts";
import { Clock } from "../local/sandbox/clock.ts";
import type { Reaper } from "../local/sandbox/reaper.ts";
import type { Sandbox } from "../local/sandbox/sandbox.ts";
import { INIT_PHASE_MS } from "../protocol/limits.ts";
import { readField } from "../support/read-field.ts";
import { MARKS_PREFIX, parseMarks } from "./marks.ts";

/** A package that lies unpacked, and the function to run from it. */
export interface StartPlan {
  readonly settings: FunctionSettings;
  /** Absolute path of the folder with `bootstrap` in it. */
  readonly taskRoot: string;
  readonly temporaryDirectory: string;
  readonly reaper: Reaper;
}

/** Where in the life of the environment a function failed. */
export type FailurePhase = "init" | "invocation";

/** Of the output of a function that fails: its last words are at the end. */
const KEPT_LINES = 20;

/** One environment, as the local Lambda would start it but with nothing beside it that takes time. */
export class OneStart {
  /** From the start of the process to its first request for work. */
  readonly initMs: number;
  readonly #settings: FunctionSettings;
  readonly #sandbox: Sandbox;
  readonly #output: Output;

  /** @throws Fault MAYFLY_BENCH_FUNCTION when the init fails */
  static async start({ settings, taskRoot, temporaryDirectory, reaper }: StartPlan): Promise<OneStart> {
    const output = new Output();
    const init = await initialise(
      {
        ...processPlan(settings, DEFAULT_ACCOUNT, { taskRoot, temporaryDirectory, logStream: "bench" }, reaper),
        concurrent: false,
        watchMemory: false,
        memoryLimitBytes: Infinity,
        onLine: output.take,
      },
      INIT_PHASE_MS,
      () => {},
    );
    if (init.kind === "failed") throw failed("init", init.cause, settings, output);
    return new OneStart(settings, init.sandbox, output, init.durationMs);
  }

  private constructor(settings: FunctionSettings, sandbox: Sandbox, output: Output, initMs: number) {
    this.#settings = settings;
    this.#sandbox = sandbox;
    this.#output = output;
    this.initMs = initMs;
  }

  get pid(): number {
    return this.#sandbox.pid;
  }

  /** When the process was started, on the clock of `performance.timeOrigin + performance.now()`. */
  get startedAt(): number {
    return performance.timeOrigin + this.#sandbox.startedAt;
  }

  /**
   * One invocation, from handing it over to its whole answer, in milliseconds. Resolves when the next can follow.
   * @throws Fault MAYFLY_BENCH_FUNCTION when it fails
   */
  async invoke(payload: Uint8Array): Promise<number> {
    const settings = this.#settings;
    const invocation = new Invocation(
      {
        requestId: randomUUID(),
        functionName: settings.name,
        invokedFunctionArn: functionArn(DEFAULT_ACCOUNT, settings.name),
        traceId: newTraceId(),
        payload,
      },
      new BufferedSink(),
    );
    const clock = new Clock(settings.timeoutMs);
    const started = performance.now();
    const served = this.#sandbox.serve(invocation, clock);
    const outcome = await Promise.race([invocation.answered, served]);
    const elapsed = performance.now() - started;
    // Asking for more work belongs to the invocation; if it never comes, the process has ended or hangs.
    const end = outcome.kind === "success" ? await served : outcome;
    clock.stop();
    switch (end.kind) {
      case "done":
        return elapsed;
      case "unavailable":
        throw new Error(end.message);
      case "failure":
        throw failed("invocation", { kind: "reported", failure: end.failure }, settings, this.#output);
      case "exited":
      case "timeout":
        throw failed("invocation", end, settings, this.#output);
    }
  }

  /** Of an instrumented package: what it has marked so far. Only while it serves no invocation. */
  async marks(): Promise<ReturnType<typeof parseMarks>> {
    const line = this.#output.next((text) => text.startsWith(MARKS_PREFIX));
    process.kill(this.pid, "SIGUSR2");
    const found = await Promise.race([line, this.#sandbox.ended.then(() => undefined)]);
    return found === undefined ? undefined : parseMarks(found);
  }

  end(): Promise<void> {
    return this.#sandbox.shutdown();
  }
}

/** What the function writes: kept in part, for the case that it fails. */
class Output {
  readonly lines: string[] = [];
  #waiting: { readonly wanted: (line: string) => boolean; readonly found: (line: string) => void } | undefined;

  readonly take = (line: string): void => {
    if (this.#waiting?.wanted(line) === true) {
      this.#waiting.found(line);
      this.#waiting = undefined;
      return;
    }
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
  };

  next(wanted: (line: string) => boolean): Promise<string> {
    return new Promise((found) => {
      this.#waiting = { wanted, found };
    });
  }
}

function failed(phase: FailurePhase, cause: RuntimeFailure, settings: FunctionSettings, output: Output): Fault {
  const limit = phase === "init" ? INIT_PHASE_MS : settings.timeoutMs;
  const document = failureAnswer(cause, "bench", limit).body.toString();
  const what = phase === "init" ? "did not start" : "failed in an invocation";
  const log = output.lines.map((line) => `  ${line.replaceAll("\r", "\n  ")}\n`).join("");
  return new Fault(
    "MAYFLY_BENCH_FUNCTION",
    `${settings.name} ${what}, so there is nothing to measure: ${said(document)}`,
    {
      hint: `${log === "" ? "" : `Its last output:\n${log}\n`}mayfly invoke shows the whole of one invocation. The event is set with --event or --data.`,
    },
  );
}

/** `TypeError: name is required`, of an error document. */
function said(document: string): string {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    // What a runtime posts as its error needn't be JSON.
    return document;
  }
  if (typeof value !== "object" || value === null) return document;
  return ["errorType", "errorMessage"]
    .map((key) => readField(value, key))
    .filter((part) => typeof part === "string" && part !== "")
    .join(": ");
}
