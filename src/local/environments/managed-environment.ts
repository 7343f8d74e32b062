import type { EnvironmentLog } from "./environment-log.ts";
import { couldNotRun, type EnvironmentOptions, type ExecutionEnvironment } from "./environment.ts";
import { failureAnswer, initialise, type FailedInit, type Initialised } from "./initialise.ts";
import { STOPPED, type Invocation } from "../invocation.ts";
import { Clock } from "../sandbox/clock.ts";
import type { Sandbox, SandboxPlan } from "../sandbox/sandbox.ts";

/** Init may take this long, or the function's timeout if that is longer. */
const INIT_MS = 130_000;

/**
 * An execution environment that takes several invocations at once, as on Lambda Managed Instances: never frozen, and a
 * timeout answers the caller but leaves the process alone.
 */
export class ManagedEnvironment implements ExecutionEnvironment {
  readonly id: string;
  readonly #options: EnvironmentOptions;
  readonly #concurrency: number;
  readonly #log: EnvironmentLog;
  readonly #inFlight = new Set<Invocation>();
  #init: Promise<Initialised> | undefined;
  #sandbox: Sandbox | undefined;
  #firstReport = true;
  #stopped = false;

  constructor(options: EnvironmentOptions, concurrency: number) {
    this.id = options.id;
    this.#options = options;
    this.#concurrency = concurrency;
    this.#log = options.log;
  }

  get room(): number {
    return this.#stopped ? 0 : this.#concurrency - this.#inFlight.size;
  }

  get finishing(): number {
    return [...this.#inFlight].filter(({ outcome }) => outcome !== undefined).length;
  }

  async invoke(invocation: Invocation): Promise<void> {
    this.#inFlight.add(invocation);
    try {
      this.#init ??= this.#initialise();
      const init = await this.#init;
      if (this.#stopped) return;
      if (init.kind === "ready") await this.#use(init, invocation);
      else this.#refuse(init, invocation);
    } catch (error) {
      this.#init = undefined;
      invocation.unavailable(couldNotRun(error));
    } finally {
      this.#inFlight.delete(invocation);
      // Only a stop gets here without an answer: every other way has given one.
      invocation.unavailable(STOPPED);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const invocation of this.#inFlight) invocation.answer({ kind: "unavailable", message: STOPPED });
    await this.#sandbox?.shutdown();
    await Promise.all([...this.#inFlight].map((invocation) => invocation.finished));
  }

  /** Shared by all invocations that arrive before it is over. */
  async #initialise(): Promise<Initialised> {
    this.#log.initStart();
    const plan: SandboxPlan = { ...this.#options.plan, concurrent: true, onLine: (line) => this.#log.line(line) };
    const init = await initialise(plan, Math.max(INIT_MS, this.#options.timeoutMs), (sandbox) => {
      this.#sandbox = sandbox;
      if (this.#stopped) void sandbox.shutdown();
    });
    if (this.#stopped) return init;
    if (init.kind === "ready") {
      void init.sandbox.ended.then((exit) => {
        this.#init = undefined;
        if (this.#inFlight.size === 0 && !this.#stopped) this.#log.lost(exit);
      });
    } else {
      this.#init = undefined;
      this.#log.initFailed(init.durationMs, "init", init.cause);
    }
    return init;
  }

  async #use(init: Extract<Initialised, { kind: "ready" }>, invocation: Invocation): Promise<void> {
    const { sandbox } = init;
    const clock = new Clock(this.#options.timeoutMs);
    this.#log.start(invocation);
    const end = await sandbox.serve(invocation, clock);
    const durationMs = clock.elapsedMs;
    clock.stop();
    if (this.#stopped) return;
    if (end.kind !== "done") {
      invocation.fail(failureAnswer(end, invocation.request.requestId, this.#options.timeoutMs));
      sandbox.abandon(invocation);
    }
    await sandbox.settle();
    const initDurationMs = this.#firstReport ? init.durationMs : undefined;
    this.#firstReport = false;
    const measures = { maxMemoryMb: sandbox.maxMemoryMb, initDurationMs };
    this.#log.end(invocation, durationMs, measures, end.kind === "done" ? undefined : end);
  }

  #refuse(init: FailedInit, invocation: Invocation): void {
    this.#log.start(invocation);
    invocation.fail(failureAnswer(init.cause, invocation.request.requestId, this.#options.timeoutMs));
    this.#log.end(invocation, 0, { maxMemoryMb: init.maxMemoryMb }, init.cause);
  }
}
