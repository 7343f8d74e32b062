/**
 * The error documents the platform itself answers with, when the runtime could not.
 * Source: payloads recorded from AWS Lambda; see "Function errors" in docs/local-lambda.md.
 */
export interface FunctionFailure {
  /** For REPORT and INIT_REPORT. */
  readonly errorType: string;
  /** JSON as the caller gets it; for a handler's own error, the runtime's bytes untouched. */
  readonly body: Buffer;
}

/** How a process ended. `signal` is set when a signal ended it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export function timedOut(requestId: string, timeoutSeconds: number): FunctionFailure {
  return failure("Sandbox.Timedout", `RequestId: ${requestId} Error: ${describeTimeout(timeoutSeconds)}`);
}

export function describeTimeout(timeoutSeconds: number): string {
  return `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
}

export function exited(requestId: string, exit: ProcessExit): FunctionFailure {
  return failure("Runtime.ExitError", `RequestId: ${requestId} Error: ${describeExit(exit)}`);
}

export function describeExit(exit: ProcessExit): string {
  if (exit.signal !== null) return `Runtime exited with error: signal: ${signalName(exit.signal)}`;
  if (exit.code === 0) return "Runtime exited without providing a reason";
  return `Runtime exited with error: exit status ${exit.code}`;
}

export function invalidEntrypoint(requestId: string, reason: string): FunctionFailure {
  return failure(
    "Runtime.InvalidEntrypoint",
    `RequestId: ${requestId} Error: fork/exec /var/task/bootstrap: ${reason}`,
  );
}

/** `limit` in bytes, of the mode that the response came in. */
export function responseTooLarge(limit: number): FunctionFailure {
  return failure(
    "Function.ResponseSizeTooLarge",
    `Response payload size exceeded maximum allowed payload size (${limit} bytes).`,
  );
}

export function truncatedResponse(): FunctionFailure {
  return failure("Runtime.TruncatedResponse", "The runtime closed the connection before the response was complete.");
}

export function invalidResponseMode(): FunctionFailure {
  return failure("Runtime.InvalidResponseModeHeader", "Invalid function response mode header.");
}

/** A handler's or runtime's own error: the posted body goes to the caller as it is. */
export function reported(errorTypeHeader: string | undefined, body: Buffer): FunctionFailure {
  const errorType = normalErrorType(errorTypeHeader);
  if (body.length === 0) return failure(errorType, "");
  return { errorType, body };
}

/** Lambda keeps only well-formed `Runtime.` and `Function.` types; anything else is of unknown kind. */
function normalErrorType(header: string | undefined): string {
  if (header === undefined) return "Runtime.Unknown";
  if (/^(Runtime|Function)\.[A-Z][a-zA-Z]+$/.test(header)) return header;
  return header.startsWith("Function.") ? "Function.Unknown" : "Runtime.Unknown";
}

function failure(errorType: string, errorMessage: string): FunctionFailure {
  return { errorType, body: Buffer.from(JSON.stringify({ errorType, errorMessage })) };
}

/** As Go's `syscall.Signal` prints them, since Lambda's supervisor is written in Go. */
const SIGNAL_NAMES: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGQUIT: "quit",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGTRAP: "trace/breakpoint trap",
};

function signalName(signal: NodeJS.Signals): string {
  return SIGNAL_NAMES[signal] ?? signal;
}
