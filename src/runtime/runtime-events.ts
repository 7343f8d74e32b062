import type { ErrorDocument } from "../protocol/error-document.ts";
import type { Delivery } from "./api/api-answers.ts";
import type { Context } from "./context.ts";
import { formatDocument } from "./describe-error.ts";
import type { HandlerOutcome } from "./outcome.ts";
import { log, type LogSettings } from "./log/log.ts";

/** What the runtime tells its operator. With `LOGLEVEL=debug` it also traces each step of the loop. */
export interface RuntimeEvents {
  readonly ready: (handler: string | undefined, initMs: number) => void;
  readonly initFailed: (document: ErrorDocument) => void;
  readonly invoked: (context: Context, bytes: number) => void;
  readonly handled: (context: Context, outcome: HandlerOutcome) => void;
  /** After the first byte: the caller gets the error behind what was already sent. */
  readonly streamFailed: (document: ErrorDocument) => void;
  readonly answered: (context: Context, delivery: Delivery) => void;
  readonly unreadable: (requestId: string, document: ErrorDocument, delivery: Delivery) => void;
  /** A fault with no invocation to report it to: an unhandled rejection between two of them. */
  readonly stray: (label: string, document: ErrorDocument) => void;
  readonly ended: (reason: string) => void;
  readonly trouble: (message: string) => void;
}

/** Says nothing: for rehearsals. */
export const silentEvents: RuntimeEvents = {
  ready: () => undefined,
  initFailed: () => undefined,
  invoked: () => undefined,
  handled: () => undefined,
  streamFailed: () => undefined,
  answered: () => undefined,
  unreadable: () => undefined,
  stray: () => undefined,
  ended: () => undefined,
  trouble: () => undefined,
};

/** Milliseconds before the deadline at which a verbose runtime warns. */
const WARN_BEFORE_DEADLINE_MS = 200;

export function logEvents({ format, verbose }: LogSettings): RuntimeEvents {
  const debug = (message: string): void => (verbose ? log.debug(message) : undefined);
  const report = (label: string, document: ErrorDocument): void => {
    if (format === "json") log.error(label, { ...document });
    else log.error(`${label}\t${formatDocument(document)}`);
  };
  const deadlineTimers = new WeakMap<Context, ReturnType<typeof setTimeout>>();

  return {
    ready: (handler, initMs) => debug(`mayfly: ready in ${initMs.toFixed(1)} ms, handler ${handler ?? "not set"}`),
    initFailed: (document) => report("Init Error", document),
    invoked: (context, bytes) => {
      debug(`mayfly: invocation ${context.awsRequestId}, ${bytes} bytes, ${context.remainingTime()} ms left`);
      const timer = verbose ? warnBeforeDeadline(context) : undefined;
      if (timer !== undefined) deadlineTimers.set(context, timer);
    },
    handled: (context, outcome) => {
      clearTimeout(deadlineTimers.get(context));
      debug(`mayfly: outcome ${outcome.kind}`);
      if (outcome.kind === "value") for (const loss of outcome.losses ?? []) debug(`mayfly: ${loss}`);
      if ((outcome.kind === "failed" && !outcome.expected) || outcome.kind === "host-died")
        report("Invoke Error", outcome.document);
      else if (outcome.kind !== "failed" && outcome.fault !== undefined) report("Invoke Error", outcome.fault);
    },
    streamFailed: (document) => report("Invoke Error", document),
    answered: (context, delivery) => {
      switch (delivery.kind) {
        case "accepted":
          return debug(`mayfly: answered ${context.awsRequestId}`);
        case "refused":
          return log.error(`The answer to ${context.awsRequestId} was refused: ${delivery.reason}`);
        case "lost":
          return log.fatal(
            `Whether the answer to ${context.awsRequestId} arrived is unknown: ${delivery.reason}. ` +
              "The process ends, so that the platform settles the invocation.",
          );
        default:
          return delivery satisfies never;
      }
    },
    unreadable: (requestId, document, delivery) => {
      report(`Invocation ${requestId}`, document);
      if (delivery.kind !== "accepted") log.error(`That could not be reported: ${delivery.reason}`);
    },
    stray: report,
    ended: (reason) => log.fatal(`The runtime ends: ${reason}`),
    trouble: (message) => log.error(message),
  };
}

function warnBeforeDeadline(context: Context): ReturnType<typeof setTimeout> | undefined {
  const wait = context.remainingTime() - WARN_BEFORE_DEADLINE_MS;
  if (wait <= 0) return undefined;
  const timer = setTimeout(() => {
    log.warn(`mayfly: Timeout: the handler is still running ${WARN_BEFORE_DEADLINE_MS} ms before Lambda ends it`);
  }, wait);
  timer.unref();
  return timer;
}
