import type { ErrorDocument } from "../../../protocol/error-document.ts";
import type { Context } from "../../context.ts";
import { describeError, isError } from "../../describe-error.ts";
import { onceLoopIsEmpty } from "../../empty-loop.ts";
import type { FunctionHandler } from "../exported.ts";
import { answersLater } from "./answers-later.ts";

/** What a call of a handler came to. A value may be anything, a promise included. */
export type Given =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "failed"; readonly document: ErrorDocument };

/** What the context of AWS's Node.js runtime has besides {@link Context}. */
interface Answering {
  /** Handlers set it to anything. */
  callbackWaitsForEmptyEventLoop: unknown;
  readonly succeed: (value?: unknown) => void;
  readonly fail: (error?: unknown) => void;
  readonly done: (error?: unknown, value?: unknown) => void;
}

const NOTHING: Given = { kind: "value", value: undefined };

/**
 * Calls a handler as AWS's Node.js 22 does, with a callback behind event and context, and with `succeed`, `fail`,
 * `done` and `callbackWaitsForEmptyEventLoop` on the context. The first counts of the callback, those methods, and
 * what the handler returns or throws.
 *
 * A value that isn't returned by a promise is an answer too, other than on AWS, unless the function takes a callback:
 * `(event, context, callback) => setTimeout(callback, 10)` returns a timer. A function that gave no answer, and could
 * have handed on context or callback, may give it until nothing is left that could run.
 * @param shared whether other invocations run in this event loop: none of them can tell then when its own work is done
 */
export function callHandler(
  { call, written }: FunctionHandler,
  event: unknown,
  context: Context,
  shared: boolean,
): Promise<Given> {
  // Not its constructor: that would be in each stack.
  const { promise, resolve } = Promise.withResolvers<Given>();
  let decided = false;
  let stopWaiting: (() => void) | undefined;
  const decide = (given: Given, waits = false): void => {
    if (decided) return;
    decided = true;
    stopWaiting?.();
    if (waits && !shared) onceLoopIsEmpty(() => resolve(given));
    else resolve(given);
  };
  const done: Answering["done"] = (error, value) => decide(answerOf(error, value));
  const given = Object.assign<Context, Answering>(context, {
    callbackWaitsForEmptyEventLoop: true,
    succeed: (value) => done(null, value),
    fail: (error) => done(error ?? "handled"),
    done,
  });
  // Of these four only the callback waits, and only with a result.
  const callback = (error?: unknown, value?: unknown): void => {
    const answer = answerOf(error, value);
    decide(answer, answer.kind === "value" && Boolean(given.callbackWaitsForEmptyEventLoop));
  };
  const failed = (thrown: unknown): void => decide({ kind: "failed", document: describeError(thrown) });
  try {
    const returned = call(event, given, callback);
    if (isThenable(returned)) {
      Promise.resolve(returned).then((value) => decide({ kind: "value", value }), failed);
    } else if (!decided) {
      const later = answersLater(written, returned, shared);
      if (later) stopWaiting = onceLoopIsEmpty(() => decide(NOTHING));
      else decide({ kind: "value", value: returned });
    }
  } catch (thrown) {
    failed(thrown);
  }
  return promise;
}

function isThenable(value: unknown): boolean {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return false;
  return "then" in value && typeof value.then === "function";
}

/** As AWS's runtime reports what a callback was given: what isn't an error is told by its type and its text. */
function answerOf(error: unknown, value: unknown): Given {
  if (error === undefined || error === null) return { kind: "value", value };
  const document = isErrorLike(error)
    ? describeError(error)
    : { errorType: typeof error, errorMessage: textOf(error), stackTrace: [] };
  return { kind: "failed", document };
}

/** An `Error`, also one of another realm such as a `node:vm` context. */
function isErrorLike(value: unknown): boolean {
  if (isError(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  try {
    return ["name", "message", "stack"].every((key) => typeof Reflect.get(value, key) === "string");
  } catch {
    // What a getter hides can't be told.
    return false;
  }
}

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "A value that has no text was given to the callback";
  }
}
