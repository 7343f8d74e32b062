import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../fault.ts";
import { Clock } from "../local/environments/clock.ts";
import { entrypointProblem } from "../local/sandbox/entrypoint.ts";
import type { FunctionSettings } from "../local/function-settings.ts";
import { failureAnswer, type RuntimeFailure } from "../local/environments/initialise.ts";
import { Invocation } from "../local/invocation.ts";
import { newTraceId } from "../local/invoke-api/invoke-request.ts";
import { ProcessGroup } from "../local/sandbox/process-group.ts";
import type { Reaper } from "../local/sandbox/reaper.ts";
import { BufferedSink } from "../local/response-sinks.ts";
import { RuntimeApi } from "../local/runtime-api/runtime-api.ts";
import { Session } from "../local/runtime-api/session.ts";
import { FAKE_CREDENTIALS, FUNCTION_VERSION, taskEnvironment } from "../local/environments/function-variables.ts";
import { INIT_PHASE_MS } from "../protocol/limits.ts";
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

const ACCOUNT = { region: "us-east-1", accountId: "123456789012", credentials: FAKE_CREDENTIALS };
/** Of the output of a function that fails: its last words are at the end. */
const KEPT_LINES = 20;

/**
 * One environment, as the local Lambda would start it but with nothing beside it that takes time: no freezing, no watch on
 * its memory.
 */
export class OneStart {
  readonly pid: number;
  /** From the start of the process to its first request for work. */
  readonly initMs: number;
  /** When the process was started, on the clock of `performance.timeOrigin + performance.now()`. */
  readonly startedAt: number;
  readonly #plan: StartPlan;
  readonly #session: Session;
  readonly #api: RuntimeApi;
  readonly #group: ProcessGroup;
  readonly #output: Output;

  /** @throws Fault MAYFLY_BENCH_FUNCTION when the init fails */
  static async start(plan: StartPlan): Promise<OneStart> {
    const { settings, taskRoot, reaper } = plan;
    const file = join(taskRoot, "bootstrap");
    const problem = await entrypointProblem(file);
    const output = new Output();
    if (problem !== undefined) throw failed("init", { kind: "invalid-entrypoint", reason: problem }, settings, output);
    const session = new Session({ concurrent: false });
    const { name, handler = "" } = settings;
    const identity = { functionName: name, functionVersion: FUNCTION_VERSION, handler };
    const api = await RuntimeApi.listen(session, identity);
    const environment = taskEnvironment(settings, ACCOUNT, {
      taskRoot,
      temporaryDirectory: plan.temporaryDirectory,
      runtimeApi: api.address,
      logStream: "bench",
    });
    const started = performance.now();
    const start = await ProcessGroup.start({ file, cwd: taskRoot, environment, onLine: output.take, reaper });
    if (start.kind === "failed") {
      await api.close();
      throw failed("init", { kind: "invalid-entrypoint", reason: start.reason }, settings, output);
    }
    const clock = new Clock(INIT_PHASE_MS);
    const outcome = await Promise.race([
      session.initialised,
      start.group.ended.then((exit) => ({ kind: "exited", exit }) as const),
      clock.expired.then(() => ({ kind: "timeout" }) as const),
    ]);
    const initMs = performance.now() - started;
    clock.stop();
    const one = new OneStart(plan, { session, api, group: start.group, output, started, initMs });
    if (outcome.kind === "ready") return one;
    await one.end();
    throw failed("init", outcome, settings, output);
  }

  private constructor(
    plan: StartPlan,
    parts: { session: Session; api: RuntimeApi; group: ProcessGroup; output: Output; started: number; initMs: number },
  ) {
    this.#plan = plan;
    this.#session = parts.session;
    this.#api = parts.api;
    this.#group = parts.group;
    this.#output = parts.output;
    this.pid = parts.group.pid;
    this.initMs = parts.initMs;
    this.startedAt = performance.timeOrigin + parts.started;
  }

  /**
   * One invocation, from handing it over to its whole answer, in milliseconds. Resolves when the next can follow.
   * @throws Fault MAYFLY_BENCH_FUNCTION when it fails
   */
  async invoke(payload: Uint8Array): Promise<number> {
    const { settings } = this.#plan;
    const { region, accountId } = ACCOUNT;
    const sink = new BufferedSink();
    const invocation = new Invocation(
      {
        requestId: randomUUID(),
        functionName: settings.name,
        invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${settings.name}`,
        traceId: newTraceId(),
        payload,
      },
      sink,
    );
    const clock = new Clock(settings.timeoutMs);
    const started = performance.now();
    const done = this.#session.deliver(invocation, clock.deadlineMs);
    const lost = Promise.race([
      this.#group.ended.then((exit) => ({ kind: "exited", exit }) as const),
      clock.expired.then(() => ({ kind: "timeout" }) as const),
    ]);
    const outcome = await Promise.race([invocation.answered, lost]);
    const elapsed = performance.now() - started;
    // Asking for more work belongs to the invocation; if it never comes, the process has ended or hangs.
    const after = outcome.kind === "success" ? await Promise.race([done, lost]) : outcome;
    clock.stop();
    if (after === undefined) return elapsed;
    if (after.kind === "unavailable") throw new Error(after.message);
    const cause: RuntimeFailure = after.kind === "failure" ? { kind: "reported", failure: after.failure } : after;
    throw failed("invocation", cause, settings, this.#output);
  }

  /** Of an instrumented package: what it has marked so far. Only while it serves no invocation. */
  async marks(): Promise<ReturnType<typeof parseMarks>> {
    const line = this.#output.next((text) => text.startsWith(MARKS_PREFIX));
    process.kill(this.pid, "SIGUSR2");
    const found = await Promise.race([line, this.#group.ended.then(() => undefined)]);
    return found === undefined ? undefined : parseMarks(found);
  }

  async end(): Promise<void> {
    this.#group.kill();
    await this.#group.ended;
    await this.#api.close();
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
  const { errorType, errorMessage } = { errorType: undefined, errorMessage: undefined, ...value };
  return [errorType, errorMessage].filter((part) => typeof part === "string" && part !== "").join(": ");
}
