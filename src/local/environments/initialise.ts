import { exited, invalidEntrypoint, timedOut, type FunctionFailure, type ProcessExit } from "../function-errors.ts";
import { Clock } from "../sandbox/clock.ts";
import { Sandbox, type SandboxPlan } from "../sandbox/sandbox.ts";

export type Initialised =
  | { readonly kind: "ready"; readonly sandbox: Sandbox; readonly durationMs: number }
  | FailedInit;

export interface FailedInit {
  readonly kind: "failed";
  readonly cause: RuntimeFailure;
  readonly durationMs: number;
  readonly maxMemoryMb: number;
}

export type RuntimeFailure =
  /** The runtime posted to `init/error`. */
  | { readonly kind: "reported"; readonly failure: FunctionFailure }
  | { readonly kind: "exited"; readonly exit: ProcessExit }
  | { readonly kind: "invalid-entrypoint"; readonly reason: string }
  | { readonly kind: "timeout" };

/** How long a runtime that has reported its failure may take to log it and leave. */
const LEAVE_MS = 200;

/**
 * Starts a process and waits until it asks for work. One that doesn't within `limitMs` is ended.
 * @param onStarted gets the process as soon as it exists, for whoever must be able to stop it meanwhile.
 */
export async function initialise(
  plan: SandboxPlan,
  limitMs: number,
  onStarted: (sandbox: Sandbox) => void,
): Promise<Initialised> {
  const clock = new Clock(limitMs);
  try {
    const start = await Sandbox.start(plan);
    if (start.kind === "invalid-entrypoint") {
      return { kind: "failed", cause: start, durationMs: clock.elapsedMs, maxMemoryMb: 0 };
    }
    onStarted(start.sandbox);
    const outcome = await firstOutcome(start.sandbox, clock);
    const durationMs = performance.now() - start.sandbox.startedAt;
    if (outcome.kind === "ready") return { kind: "ready", sandbox: start.sandbox, durationMs };
    if (outcome.kind === "reported") await Promise.race([start.sandbox.ended, new Clock(LEAVE_MS).expired]);
    await start.sandbox.shutdown();
    return { kind: "failed", cause: outcome, durationMs, maxMemoryMb: start.sandbox.maxMemoryMb };
  } finally {
    clock.stop();
  }
}

function firstOutcome(sandbox: Sandbox, clock: Clock): Promise<{ readonly kind: "ready" } | RuntimeFailure> {
  return Promise.race([
    sandbox.initialised,
    sandbox.ended.then((exit) => ({ kind: "exited", exit }) as const),
    clock.expired.then(() => ({ kind: "timeout" }) as const),
  ]);
}

/** What the caller gets whose invocation could not even begin. */
export function failureAnswer(cause: RuntimeFailure, requestId: string, timeoutMs: number): FunctionFailure {
  switch (cause.kind) {
    case "reported":
      return cause.failure;
    case "exited":
      return exited(requestId, cause.exit);
    case "invalid-entrypoint":
      return invalidEntrypoint(requestId, cause.reason);
    case "timeout":
      return timedOut(requestId, timeoutMs / 1000);
  }
}
