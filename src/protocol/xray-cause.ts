import type { ErrorDocument } from "./error-document.ts";

/** With the other headers it must fit what header parsers accept, Node.js's 16 KiB above all. */
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_MESSAGE_LENGTH = 1_000;
const MAX_CAUSES = 8;

interface Frame {
  readonly path?: string;
  readonly line?: number;
  readonly label: string;
}

/**
 * The value of `Lambda-Runtime-Function-XRay-Error-Cause`: with it a trace in X-Ray shows the exception, its stack and
 * its causes. One line of ASCII JSON, at most 8 KiB: frames are left out, outermost first, then causes, until it fits.
 * Source: AWS X-Ray Developer Guide, "segment documents", `cause`; AWS's own runtimes send the same.
 */
export function xrayErrorCause(document: ErrorDocument, workingDirectory: string): string {
  const chain: ErrorDocument[] = [];
  for (let link: ErrorDocument | undefined = document; link !== undefined && chain.length < MAX_CAUSES;) {
    chain.push(link);
    link = link.cause;
  }
  for (const [causes, frames] of [
    [MAX_CAUSES, 50],
    [MAX_CAUSES, 10],
    [1, 10],
  ] as const) {
    const value = write(chain.slice(0, causes), frames, workingDirectory);
    if (value.length <= MAX_HEADER_BYTES) return value;
  }
  return write(chain.slice(0, 1), 0, workingDirectory);
}

function write(chain: readonly ErrorDocument[], frames: number, workingDirectory: string): string {
  const exceptions = chain.map(({ errorType, errorMessage, stackTrace }) => ({
    type: errorType.slice(0, 200),
    message: errorMessage.slice(0, MAX_MESSAGE_LENGTH),
    stack: stackTrace.slice(0, frames).map(readFrame),
  }));
  const paths = new Set(exceptions.flatMap(({ stack }) => stack.map(({ path }) => path)).filter(Boolean));
  const json = JSON.stringify({ working_directory: workingDirectory, exceptions, paths: [...paths] });
  // JSON escapes the control characters, but for DEL. The rest of Unicode is no header text either.
  return json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function readFrame(text: string): Frame {
  // `at name (file:line:column)` or `at file:line:column`, as JavaScript writes them.
  const javascript = /^at (?:(?<label>.+) \()?(?<path>[^()]+):(?<line>\d+):\d+\)?$/.exec(text);
  // `(app 0.1.0) lib/file.ex:3: Module.function/1`, as Elixir writes them; the application may be missing.
  const match = javascript ?? /^(?:\([^)]*\) )?(?<path>[^\s:]+):(?<line>\d+): (?<label>.+)$/.exec(text);
  const groups = match?.groups;
  const { path, line, label } = groups ?? {};
  if (path === undefined || line === undefined) return { label: text };
  return { path, line: Number(line), label: label ?? "anonymous" };
}
