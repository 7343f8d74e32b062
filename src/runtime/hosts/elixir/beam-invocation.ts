import { encodeCancel, encodeInvoke, encodeWhere } from "../../../protocol/beam-frames.ts";
import type { ErrorDocument } from "../../../protocol/error-document.ts";
import { type Context, runInContext } from "../../context.ts";
import { withinLimit } from "../../encode-result.ts";
import { log } from "../../log/log.ts";
import { pastDeadline } from "./beam-faults.ts";
import { watchDeadline } from "../child/deadline-steps.ts";
import type { HandlerOutcome } from "../../outcome.ts";

/** What an invocation may ask of the BEAM that serves it. */
export interface ServingBeam {
  readonly send: (frame: Uint8Array) => void;
  /** The answer is given, though the handler's process has not ended yet. */
  readonly abandon: () => void;
}

/** One invocation in the hands of the BEAM. The first outcome counts. */
export class BeamInvocation {
  readonly context: Context;
  readonly outcome: Promise<HandlerOutcome>;
  #resolve!: (outcome: HandlerOutcome) => void;
  readonly #unwatch: () => void;
  /** Of a handler that runs into its deadline: `asked` to end, then `ended`. */
  #timeout: "no" | "asked" | "ended" = "no";
  /** Where the handler was when it was last looked for. */
  #stack: readonly string[] = [];

  constructor(context: Context, beam: ServingBeam) {
    this.context = context;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const id = context.awsRequestId;
    this.#unwatch = watchDeadline(context, {
      look: () => beam.send(encodeWhere(id)),
      cancel: () => {
        this.#timeout = "asked";
        beam.send(encodeCancel(id));
      },
      giveUp: () => {
        if (this.#timeout === "asked") beam.abandon();
        this.fail(pastDeadline(this.#stack));
      },
    });
  }

  succeed(json: Uint8Array): void {
    const result = withinLimit(json);
    if (result.kind === "failed") this.fail(result.document);
    else this.#settle({ kind: "value", body: result.body, contentType: "application/json" });
  }

  /** The handler failed, or its process ended. */
  failed(document: ErrorDocument, expected: boolean): void {
    if (this.#timeout === "no") return this.fail(document, expected);
    this.#timeout = "ended";
    // Otherwise its stack is still on its way.
    if (this.#stack.length > 0) this.fail(pastDeadline(this.#stack));
  }

  /** Whatever else it may be waiting for. */
  fail(document: ErrorDocument, expected = false): void {
    this.#settle({ kind: "failed", document, expected });
  }

  /** The answer to a look at the handler. */
  found(stack: readonly string[]): void {
    this.#stack = stack;
    const at = stack.map((frame) => `\n    ${frame}`).join("");
    runInContext(this.context, () =>
      log.warn(`Timeout: the handler is still running ${this.context.remainingTime()} ms before its deadline${at}`),
    );
    if (this.#timeout === "ended") this.fail(pastDeadline(stack));
  }

  #settle(outcome: HandlerOutcome): void {
    this.#unwatch();
    this.#resolve(outcome);
  }
}

/**
 * The event, and of the context what the child can't know from its variables.
 * @throws RangeError for what no frame can carry
 */
export function invokeFrame(event: Uint8Array, context: Context): Uint8Array {
  const { awsRequestId, invokedFunctionArn, xRayTraceId, clientContext, identity, tenantId } = context;
  const deadlineMs = context.deadline.getTime();
  const json = JSON.stringify({
    requestId: awsRequestId,
    invokedFunctionArn,
    deadlineMs,
    traceId: xRayTraceId,
    clientContext,
    identity,
    tenantId,
  });
  return encodeInvoke({ id: awsRequestId, deadlineMs, context: json, event });
}
