import {
  formatEnd,
  formatInitReport,
  formatInitStart,
  formatReport,
  formatStart,
  type PhaseFailure,
} from "../../protocol/platform-log.ts";
import { describeExit, describeTimeout, type ProcessExit } from "../function-errors.ts";
import type { FunctionSettings } from "../function-settings.ts";
import type { RuntimeFailure } from "./initialise.ts";
import type { Invocation } from "../invocation.ts";
import type { LogSink } from "../log.ts";
import { FUNCTION_VERSION } from "../function-name.ts";

/** What only the end of an invocation tells. */
export interface Measures {
  readonly maxMemoryMb: number;
  /** Set on the first invocation of an environment. */
  readonly initDurationMs?: number | undefined;
}

/** The log stream of one environment: its process's lines and the platform's, each given to the right invocation. */
export class EnvironmentLog {
  readonly #settings: FunctionSettings;
  readonly #environmentId: string;
  readonly #sink: LogSink;
  readonly #open = new Set<Invocation>();

  constructor(settings: FunctionSettings, environmentId: string, sink: LogSink) {
    this.#settings = settings;
    this.#environmentId = environmentId;
    this.#sink = sink;
  }

  /** A line of the function's own. With several invocations in flight nobody can tell whose it is. */
  line(line: string): void {
    const [only, another] = this.#open;
    this.#write("function", line, another === undefined ? only : undefined);
  }

  initStart(): void {
    this.#write("platform", formatInitStart("provided:al2023.local", "arn:aws:lambda:local::runtime:provided"));
  }

  initFailed(durationMs: number, phase: "init" | "invoke", cause: RuntimeFailure): void {
    this.#write("platform", formatInitReport(durationMs, phase, phaseFailure(cause)));
  }

  /** The process ended while it had nothing to do. */
  lost(exit: ProcessExit): void {
    this.#write("platform", `Error: ${describeExit(exit)}`);
    this.#write("platform", "Runtime.ExitError");
  }

  start(invocation: Invocation): void {
    this.#open.add(invocation);
    this.#write("platform", formatStart(invocation.request.requestId, FUNCTION_VERSION), invocation);
  }

  /** After `start`: how it ended, then END and REPORT. No `failure` when the runtime answered, well or badly. */
  end(invocation: Invocation, durationMs: number, measures: Measures, failure?: RuntimeFailure): void {
    const { requestId } = invocation.request;
    for (const line of failure === undefined ? [] : this.#explain(requestId, failure)) {
      this.#write("platform", line, invocation);
    }
    this.#write("platform", formatEnd(requestId), invocation);
    const report = formatReport({
      requestId,
      durationMs,
      memoryMb: this.#settings.memoryMb,
      maxMemoryUsedMb: measures.maxMemoryMb,
      ...(measures.initDurationMs !== undefined && { initDurationMs: measures.initDurationMs }),
      ...(failure !== undefined && { failure: phaseFailure(failure) }),
    });
    this.#write("platform", report, invocation);
    this.#open.delete(invocation);
  }

  #explain(requestId: string, failure: RuntimeFailure): string[] {
    switch (failure.kind) {
      case "reported":
        return [];
      case "exited":
        return [`RequestId: ${requestId} Error: ${describeExit(failure.exit)}`, "Runtime.ExitError"];
      case "invalid-entrypoint": {
        const problem = `fork/exec /var/task/bootstrap: ${failure.reason}`;
        return [`RequestId: ${requestId} Error: ${problem}`, "Runtime.InvalidEntrypoint"];
      }
      case "timeout":
        return [`${new Date().toISOString()} ${requestId} ${describeTimeout(this.#settings.timeoutMs / 1000)}`];
    }
  }

  #write(source: "platform" | "function", line: string, invocation?: Invocation): void {
    invocation?.tail.add(line);
    this.#sink({
      source,
      functionName: this.#settings.name,
      environmentId: this.#environmentId,
      ...(invocation !== undefined && { requestId: invocation.request.requestId }),
      line,
    });
  }
}

function phaseFailure(cause: RuntimeFailure): PhaseFailure {
  switch (cause.kind) {
    case "reported":
      return { status: "error", errorType: cause.failure.errorType };
    case "exited":
      return { status: "error", errorType: "Runtime.ExitError" };
    case "invalid-entrypoint":
      return { status: "error", errorType: "Runtime.InvalidEntrypoint" };
    case "timeout":
      return { status: "timeout" };
  }
}
