import { provideAwsLambda } from "./awslambda-global.ts";
import type { ErrorDocument } from "../../../protocol/error-document.ts";
import type { PackageNames } from "../../../protocol/program-settings.ts";
import type { Context } from "../../context.ts";
import { describeError, describeReason } from "../../describe-error.ts";
import { KNOWN_HANDLERS, UNSET_HANDLER } from "../../../protocol/unset-handler.ts";
import { encodeResult } from "../../encode-result.ts";
import type { Engine } from "../../engine/engine.ts";
import { leaveOutOwnFrames } from "../../own-frames.ts";
import { parseEvent } from "../parse-event.ts";
import { resultKind } from "../../results.ts";
import { isStream, openStream } from "./stream-result.ts";
import type { HandlerHost } from "../host.ts";
import type { HandlerOutcome, InitOutcome } from "../../outcome.ts";
import { resolveHandler } from "./resolve.ts";
import type { FunctionHandler, ModuleTable, NodeApp } from "../exported.ts";
import { callHandler } from "./call-handler.ts";

/** Only functions that answer HTTP pay for it. */
const loadHttp = () => import("../http/http-app.ts");

export interface TypeScriptHostParts {
  readonly engine: Engine;
  readonly modules: ModuleTable;
  /** The handler strings that the build found. */
  readonly handlers: readonly string[];
  readonly packages: PackageNames;
  /** Whether what this handler answers to HTTP is streamed. Asked once its module is loaded: that may have a say in it. */
  readonly streams: (handler: string) => boolean;
  readonly process: ProcessSettings;
}

/** What holds for each invocation of a process. */
export interface ProcessSettings {
  /** Whether several invocations run in it at once. */
  readonly shared: boolean;
  /** Whether it is told what is lost of a result. */
  readonly verbose: boolean;
}

interface FunctionSettings extends ProcessSettings {
  readonly packages: PackageNames;
  /** Whether a `Response` is streamed. */
  readonly streams: boolean;
}

/** Runs TypeScript and JavaScript handlers in this process. `setting` is `_HANDLER`. */
export function typescriptHost(
  setting: string | undefined,
  { engine, modules, handlers: known, packages, streams: streamsOf, process: ofProcess }: TypeScriptHostParts,
): HandlerHost {
  const settings = { ...ofProcess, packages };
  const unset = (): unknown => unsetMessage(known);
  let invoke = serveFunction({ call: unset, written: unset }, { ...settings, streams: false });
  return {
    elsewhere: false,
    async start(): Promise<InitOutcome> {
      if (!setting) return { kind: "ready" };
      provideAwsLambda();
      leaveOutOwnFrames();
      const resolution = await resolveHandler(setting, modules, known);
      if (resolution.kind === "failed")
        return { kind: "failed", document: await withExplanation(resolution.document, packages) };
      const streams = streamsOf(resolution.name);
      switch (resolution.kind) {
        case "handler":
          invoke = serveFunction(resolution.handler, { ...settings, streams });
          return { kind: "ready" };
        case "streamed": {
          const { serveStreamed } = await import("./streamed-handler.ts");
          invoke = explaining(serveStreamed(resolution.handler), packages);
          return { kind: "ready" };
        }
        case "app": {
          const { serveApp } = await loadHttp();
          invoke = explaining(serveApp(resolution.app, { streams }), packages);
          return { kind: "ready" };
        }
        case "server":
          return startServer(resolution.server, streams);
        default:
          return resolution satisfies never;
      }
    },
    invoke: (event, context) => invoke(event, context),
  };

  async function startServer(server: NodeApp, streams: boolean): Promise<InitOutcome> {
    const [{ serveApp }, { startNodeApp }] = await Promise.all([loadHttp(), import("../server/node-server.ts")]);
    try {
      invoke = explaining(serveApp(await startNodeApp(server, engine), { streams }), packages);
      return { kind: "ready" };
    } catch (thrown) {
      const document = describeError(thrown);
      const errorMessage = `Initialization error: the server could not be started: ${document.errorMessage}`;
      return { kind: "failed", document: { ...document, errorMessage } };
    }
  }
}

/** What is said of what can't be found is loaded for that alone. */
async function withExplanation(document: ErrorDocument, packages: PackageNames): Promise<ErrorDocument> {
  if (!/Cannot find (?:module|package) '|ENOENT: /.test(document.errorMessage)) return document;
  const { explainMissing } = await import("./missing-module.ts");
  return explainMissing(document, packages, process.env["LAMBDA_TASK_ROOT"]);
}

/** Where the caller is answered all the same, the log has it. */
function explaining(invoke: HandlerHost["invoke"], packages: PackageNames): HandlerHost["invoke"] {
  return async (event, context) => {
    const outcome = await invoke(event, context);
    if (outcome.kind === "failed") return { ...outcome, document: await withExplanation(outcome.document, packages) };
    if (!("fault" in outcome) || outcome.fault === undefined) return outcome;
    return { ...outcome, fault: await withExplanation(outcome.fault, packages) };
  };
}

/** Calls the function with each event and turns whatever comes of it into an outcome. */
export function serveFunction(handler: FunctionHandler, settings: FunctionSettings): HandlerHost["invoke"] {
  return async (bytes, context) => {
    const parsed = parseEvent(bytes);
    if (parsed.kind === "failed") return parsed;
    const given = await callHandler(handler, parsed.event, context, settings.shared);
    if (given.kind === "failed") {
      const document = await withExplanation(given.document, settings.packages);
      return { kind: "failed", document, expected: false };
    }
    try {
      return await readResult(given.value, parsed.event, context, settings);
    } catch (thrown) {
      return { kind: "failed", document: describeError(thrown), expected: false };
    }
  };
}

async function readResult(
  returned: unknown,
  event: unknown,
  context: Context,
  { streams, verbose }: FunctionSettings,
): Promise<HandlerOutcome> {
  const result = resultKind(returned);
  if (result !== undefined && "reason" in result) {
    return { kind: "failed", document: describeReason(result.reason), expected: true };
  }
  // `ok(promise)`: the type allows it, and `{}` is not what was meant.
  const value = result === undefined ? returned : await result.value;
  if (isStream(value)) return openStream(value);
  if (isInstance(value) && value instanceof Response) {
    const { answerWith } = await loadHttp();
    return answerWith(value, event, context, streams);
  }
  const encoded = encodeResult(value);
  if (encoded.kind === "failed") return { ...encoded, expected: false };
  const outcome = { kind: "value", body: encoded.body, contentType: "application/json" } as const;
  if (!verbose) return outcome;
  const { lossesOf } = await import("../../lossy-result.ts");
  return { ...outcome, losses: lossesOf(value) };
}

/** Most results are plain data: of those nothing global has to be asked. */
function isInstance(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null;
}

/** What the default handler answers, so that a first deployment shows what is missing instead of an error. */
function unsetMessage(known: readonly string[]): { readonly message: string } {
  const which = known.length > 0 ? KNOWN_HANDLERS + known.join(", ") : 'for example to "src/hello.handle"';
  return { message: `${UNSET_HANDLER} Set the function's handler (_HANDLER), ${which}.` };
}
