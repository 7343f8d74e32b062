import type { ErrorDocument } from "../protocol/error-document.ts";
import { describeError } from "./describe-error.ts";
import { tellLoopIsEmpty } from "./empty-loop.ts";
import type { InFlight, Interruption } from "./in-flight.ts";

/** Exit codes of AWS's Node.js runtime for the same faults. */
const UNHANDLED_REJECTION_EXIT = 128;
const UNCAUGHT_EXCEPTION_EXIT = 129;

export interface ProcessFaults {
  /** Called for a fault that no invocation can be told of. The process goes on. */
  stray(label: string, document: ErrorDocument): void;
  /** During init: the fault is the init's. Resolves never. */
  duringInit(interruption: Interruption): void;
  readonly inFlight: InFlight;
  initDone(): boolean;
}

/** Thrown by `process.exit` to unwind the handler while its invocation is answered. */
class ExitRequest extends Error {
  override readonly name = "ExitRequest";
}
// One for all, known by identity: asking a thrown value what it is an instance of can throw.
const exitRequest: ExitRequest = new ExitRequest("The process is about to exit");

/** The engine's own `process.exit`, before user code sees ours. */
export const exitProcess: (code: number) => never = process.exit.bind(process);

/**
 * Routes what happens outside of the handler's own promise to the invocations it concerns.
 *
 * | what                              | in init    | in an invocation                    | between invocations |
 * |-----------------------------------|------------|-------------------------------------|---------------------|
 * | unhandled rejection               | init error | its error, then exit 128            | logged, goes on     |
 * | uncaught exception                | init error | its error, then exit 129            | logged, goes on     |
 * | `process.exit(n)`                 | init error | its error, then exit n              | exit n              |
 * | nothing left that could settle it | init error | its error, goes on                  |                     |
 * | the same, and a callback was due  |            | the callback's result or null       |                     |
 *
 * Between invocations the process goes on where AWS's runtime exits: a frozen sandbox notices the fault only when
 * the next invocation thaws it, and exiting then would fail a caller who has nothing to do with it.
 */
export function watchProcess(faults: ProcessFaults): void {
  const raise = (label: string, interruption: Interruption): void => {
    if (!faults.initDone()) faults.duringInit(interruption);
    else if (faults.inFlight.interruptAll(interruption) === 0) faults.stray(label, interruption.document);
  };

  process.on("unhandledRejection", (reason) => {
    if (reason === exitRequest) return;
    const document = describeError(reason);
    raise("Unhandled Promise Rejection", {
      document: {
        errorType: "Runtime.UnhandledPromiseRejection",
        errorMessage: `A promise was rejected and nothing handled it: ${document.errorType}: ${document.errorMessage}`,
        stackTrace: document.stackTrace,
        ...(document.cause !== undefined && { cause: document.cause }),
      },
      exitCode: UNHANDLED_REJECTION_EXIT,
    });
  });
  process.on("uncaughtException", (error) => {
    if (error === exitRequest) return;
    raise("Uncaught Exception", { document: describeError(error), exitCode: UNCAUGHT_EXCEPTION_EXIT });
  });
  process.on("beforeExit", () => {
    // A callback has answered and waits for this, or never will: that is no fault.
    if (tellLoopIsEmpty()) return;
    raise("Never settled", {
      document: {
        errorType: faults.initDone() ? "Runtime.HandlerNeverSettled" : "Runtime.InitNeverSettled",
        errorMessage: faults.initDone()
          ? "The handler's promise can never settle: nothing is left in the process that could resolve it. Is a callback missing, an await, or the end() of a response stream?"
          : "Initialization error: a top-level await can never settle: nothing is left in the process that could resolve it.",
        stackTrace: [],
      },
      exitCode: undefined,
    });
  });
  process.exit = (code?: number | string | null): never => {
    const exitCode = Number(code ?? process.exitCode ?? 0);
    if (!Number.isInteger(exitCode)) throw new TypeError(`process.exit takes an integer, not ${String(code)}`);
    const interruption: Interruption = {
      document: {
        errorType: "Runtime.ExitError",
        errorMessage: `process.exit(${exitCode}) was called; the execution environment ends with it.`,
        stackTrace: describeError(new Error("process.exit")).stackTrace,
      },
      exitCode,
    };
    if (!faults.initDone()) faults.duringInit(interruption);
    else if (faults.inFlight.interruptAll(interruption) === 0) exitProcess(exitCode);
    throw exitRequest;
  };
}
