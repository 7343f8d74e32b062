import type { ErrorDocument } from "../../protocol/error-document.ts";
import type { Context } from "../context.ts";
import { describeError, describeReason } from "../describe-error.ts";
import { encodeResult } from "../encode-result.ts";
import { resultKind } from "../results.ts";
import { isStream, openStream } from "../stream-result.ts";
import type { HandlerHost, HandlerOutcome, InitOutcome } from "./host.ts";
import { type HandlerFunction, type ModuleTable, resolveHandler } from "./resolve.ts";

const decoder = new TextDecoder();

/** Runs TypeScript and JavaScript handlers in this process. `setting` is `_HANDLER`. */
export function typescriptHost(
  setting: string | undefined,
  modules: ModuleTable,
  known: readonly string[],
): HandlerHost {
  let handler: HandlerFunction = () => unsetMessage(known);
  return {
    elsewhere: false,
    async start(): Promise<InitOutcome> {
      if (!setting) return { kind: "ready" };
      const resolution = await resolveHandler(setting, modules, known);
      if (resolution.kind === "failed") return resolution;
      handler = resolution.handler;
      return { kind: "ready" };
    },
    invoke: (event, context) => invokeHandler(handler, event, context),
  };
}

/** Calls a handler with the event and turns whatever comes of it into an outcome. */
export async function invokeHandler(
  handler: HandlerFunction,
  event: Uint8Array,
  context: Context,
): Promise<HandlerOutcome> {
  let parsed: unknown;
  try {
    // A caller that sends no payload at all means the empty event.
    parsed = event.length === 0 ? {} : JSON.parse(decoder.decode(event));
  } catch (error) {
    return fail("Runtime.MalformedEvent", `The event is not JSON: ${String(error)}`);
  }
  try {
    return await readResult(await handler(parsed, context));
  } catch (thrown) {
    return { kind: "failed", document: describeError(thrown), expected: false };
  }
}

async function readResult(returned: unknown): Promise<HandlerOutcome> {
  const result = resultKind(returned);
  if (result !== undefined && "reason" in result) {
    return { kind: "failed", document: describeReason(result.reason), expected: true };
  }
  // `ok(promise)`: the type allows it, and `{}` is not what was meant.
  const value = result === undefined ? returned : await result.value;
  if (isStream(value)) return openStream(value);
  if (typeof Response !== "undefined" && value instanceof Response) {
    // The seam for HTTP: here the response takes the shape that the calling event wants.
    return fail(
      "Runtime.InvalidResponseFormat",
      "Invalid response format: the result is a Response, which this version can't send. Return an object with statusCode, headers and body.",
    );
  }
  const encoded = encodeResult(value);
  return encoded.kind === "failed"
    ? { ...encoded, expected: false }
    : { kind: "value", body: encoded.body, contentType: "application/json" };
}

function fail(errorType: string, errorMessage: string): HandlerOutcome {
  const document: ErrorDocument = { errorType, errorMessage, stackTrace: [] };
  return { kind: "failed", document, expected: false };
}

/** What the default handler answers, so that a first deployment shows what is missing instead of an error. */
function unsetMessage(known: readonly string[]): { readonly message: string } {
  const example = known[0] ?? "src/hello.handle";
  return {
    message: `Mayfly is running, but no handler is set. Set the function's handler (_HANDLER), for example to "${example}".`,
  };
}
