import { currentContext } from "../context.ts";
import { describeError, formatDocument, isError } from "../describe-error.ts";
import type { Inspect, LogEntry, LogFields } from "./log-entry.ts";

/** `time TAB request id TAB LEVEL TAB message`, as AWS's Node.js runtime writes it. */
export function formatText({ level, message, fields, error }: LogEntry, inspect: Inspect): string {
  const requestId = currentContext()?.awsRequestId ?? "-";
  let line = `${new Date().toISOString()}\t${requestId}\t${level.toUpperCase()}\t${typeof message === "string" ? message : inspect(message)}`;
  if (error !== undefined) line += `\t${showError(error)}`;
  if (fields !== undefined) line += `\t${showFields(fields, inspect)}`;
  // CloudWatch makes one event of each line; a carriage return keeps the event whole and shows as a line break.
  return line.replaceAll(/\r?\n/g, "\r");
}

/**
 * One JSON object a line; field order as AWS's runtimes. Lambda reads `timestamp` and `level` for its own filter, so
 * a field of the same name doesn't replace them.
 */
export function formatJson({ level, message, fields, error }: LogEntry, inspect: Inspect): string {
  const context = currentContext();
  const record = {
    timestamp: new Date().toISOString(),
    level: level.toUpperCase(),
    requestId: context?.awsRequestId,
    tenantId: context?.tenantId,
    message,
  };
  const described = error === undefined ? undefined : describeError(error);
  try {
    return JSON.stringify({ ...record, ...described, ...fields, ...record }, errorsInFull);
  } catch {
    // Circular, a BigInt, a getter that throws: the event is still worth having.
    const text = typeof message === "string" ? message : inspect(message);
    const shown = fields === undefined ? undefined : showFields(fields, inspect);
    return JSON.stringify({ ...record, message: text, ...described, fields: shown });
  }
}

/** JSON itself shows an error as `{}`. */
function errorsInFull(_key: string, value: unknown): unknown {
  return isError(value) ? describeError(value) : value;
}

/** The engine's own way to show an error has an excerpt of the source in it, and frames of this runtime. */
function showFields(fields: LogFields, inspect: Inspect): string {
  try {
    const entries = Object.entries(fields);
    const errors = entries.flatMap(([key, value]) => (isError(value) ? [`${key}: ${showError(value)}`] : []));
    if (errors.length === 0) return inspect(fields);
    const others = Object.fromEntries(entries.filter(([, value]) => !isError(value)));
    return [...(errors.length < entries.length ? [inspect(others)] : []), ...errors].join("\t");
  } catch {
    // A getter that throws.
    return inspect(fields);
  }
}

function showError(error: Error): string {
  return formatDocument(describeError(error));
}
