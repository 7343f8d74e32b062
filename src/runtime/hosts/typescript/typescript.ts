import { provideAwsLambda } from "./awslambda-global.ts";
import type { Context } from "../../context.ts";
import { describeError, describeReason } from "../../describe-error.ts";
import { encodeResult } from "../../encode-result.ts";
import type { Engine } from "../../engine/engine.ts";
import { parseEvent } from "../parse-event.ts";
import { resultKind } from "../../results.ts";
import { isStream, openStream } from "./stream-result.ts";
import type { HandlerHost } from "../host.ts";
import type { HandlerOutcome, InitOutcome } from "../../outcome.ts";
import { resolveHandler } from "./resolve.ts";
import type { HandlerFunction, ModuleTable, NodeApp } from "../exported.ts";

/** Only functions that answer HTTP pay for it. */
const loadHttp = () => import("../http/http-app.ts");

/** What the build compiled into an artifact. */
export interface PackagedCode {
  readonly modules: ModuleTable;
  /** The handler strings that the build found. */
  readonly handlers: readonly string[];
  /** Those of them whose function URL streams, as `Resolution` names them. */
  readonly streaming: readonly string[];
}

/** Runs TypeScript and JavaScript handlers in this process. `setting` is `_HANDLER`. */
export function typescriptHost(
  setting: string | undefined,
  { modules, handlers: known, streaming }: PackagedCode,
  engine: Engine,
): HandlerHost {
  let invoke: HandlerHost["invoke"] = (event, context) => invokeHandler(() => unsetMessage(known), event, context);
  return {
    elsewhere: false,
    async start(): Promise<InitOutcome> {
      if (!setting) return { kind: "ready" };
      provideAwsLambda();
      const resolution = await resolveHandler(setting, modules, known);
      // hosts/http/http-stream.ts reads it when it is loaded, later than this.
      if (resolution.kind !== "failed" && streaming.includes(resolution.name)) {
        process.env["MAYFLY_RESPONSE_MODE"] ??= "stream";
      }
      switch (resolution.kind) {
        case "handler":
          invoke = (event, context) => invokeHandler(resolution.handler, event, context);
          return { kind: "ready" };
        case "streamed": {
          const { serveStreamed } = await import("./streamed-handler.ts");
          invoke = serveStreamed(resolution.handler);
          return { kind: "ready" };
        }
        case "app": {
          const { serveApp } = await loadHttp();
          invoke = serveApp(resolution.app);
          return { kind: "ready" };
        }
        case "server":
          return startServer(resolution.server);
        case "failed":
          return resolution;
        default:
          return resolution satisfies never;
      }
    },
    invoke: (event, context) => invoke(event, context),
  };

  async function startServer(server: NodeApp): Promise<InitOutcome> {
    const [{ serveApp }, { startNodeApp }] = await Promise.all([loadHttp(), import("../server/node-server.ts")]);
    try {
      invoke = serveApp(await startNodeApp(server, engine));
      return { kind: "ready" };
    } catch (thrown) {
      const document = describeError(thrown);
      const errorMessage = `Initialization error: the server could not be started: ${document.errorMessage}`;
      return { kind: "failed", document: { ...document, errorMessage } };
    }
  }
}

/** Calls a handler with the event and turns whatever comes of it into an outcome. */
export async function invokeHandler(
  handler: HandlerFunction,
  event: Uint8Array,
  context: Context,
): Promise<HandlerOutcome> {
  const parsed = parseEvent(event);
  if (parsed.kind === "failed") return parsed;
  try {
    return await readResult(await handler(parsed.event, context), parsed.event, context);
  } catch (thrown) {
    return { kind: "failed", document: describeError(thrown), expected: false };
  }
}

async function readResult(returned: unknown, event: unknown, context: Context): Promise<HandlerOutcome> {
  const result = resultKind(returned);
  if (result !== undefined && "reason" in result) {
    return { kind: "failed", document: describeReason(result.reason), expected: true };
  }
  // `ok(promise)`: the type allows it, and `{}` is not what was meant.
  const value = result === undefined ? returned : await result.value;
  if (isStream(value)) return openStream(value);
  if (typeof Response !== "undefined" && value instanceof Response) {
    const { answerWith } = await loadHttp();
    return answerWith(value, event, context);
  }
  const encoded = encodeResult(value);
  return encoded.kind === "failed"
    ? { ...encoded, expected: false }
    : { kind: "value", body: encoded.body, contentType: "application/json" };
}

/** What the default handler answers, so that a first deployment shows what is missing instead of an error. */
function unsetMessage(known: readonly string[]): { readonly message: string } {
  const example = known[0] ?? "src/hello.handle";
  return {
    message: `Mayfly is running, but no handler is set. Set the function's handler (_HANDLER), for example to "${example}".`,
  };
}
