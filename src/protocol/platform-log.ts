/**
 * The lines Lambda itself writes into a function's log, text format.
 * Source: AWS Lambda Developer Guide, "Lambda log format" and "Understanding the execution environment lifecycle".
 * Durations are milliseconds with fractions; the format rounds to two decimals.
 */

/** How an init or invoke phase ended when it did not end well. */
export type PhaseFailure = { readonly status: "timeout" } | { readonly status: "error"; readonly errorType: string };

export function formatInitStart(runtimeVersion: string, runtimeVersionArn: string): string {
  return `INIT_START Runtime Version: ${runtimeVersion}\tRuntime Version ARN: ${runtimeVersionArn}`;
}

/** Written only when init fails; a good init shows as `Init Duration` of the first REPORT. */
export function formatInitReport(durationMs: number, phase: "init" | "invoke", failure: PhaseFailure): string {
  return [`INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms`, `Phase: ${phase}`, ...failureFields(failure)].join(
    "\t",
  );
}

export function formatStart(requestId: string, version: string): string {
  return `START RequestId: ${requestId} Version: ${version}`;
}

export function formatEnd(requestId: string): string {
  return `END RequestId: ${requestId}`;
}

export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMb: number;
  readonly maxMemoryUsedMb: number;
  /** Only on the first invocation of an environment, and then part of what is billed. */
  readonly initDurationMs?: number;
  readonly failure?: PhaseFailure;
}

export function formatReport(report: Report): string {
  const billed = Math.ceil(report.durationMs + (report.initDurationMs ?? 0));
  const fields = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billed} ms`,
    `Memory Size: ${report.memoryMb} MB`,
    `Max Memory Used: ${report.maxMemoryUsedMb} MB`,
  ];
  if (report.initDurationMs !== undefined) fields.push(`Init Duration: ${report.initDurationMs.toFixed(2)} ms`);
  if (report.failure !== undefined) fields.push(...failureFields(report.failure));
  // Lambda ends each field with a tab, the last one too, unless a status ends the line.
  return fields.join("\t") + (report.failure === undefined ? "\t" : "");
}

function failureFields(failure: PhaseFailure): string[] {
  switch (failure.status) {
    case "timeout":
      return ["Status: timeout"];
    case "error":
      return ["Status: error", `Error Type: ${failure.errorType}`];
  }
}
