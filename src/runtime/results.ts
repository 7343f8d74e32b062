/** The results a handler can state explicitly. Branded by a registered symbol: two copies of Mayfly still agree. */
const RESULT: unique symbol = Symbol.for("mayfly.result");

/** A success with `value` as the JSON response. */
export interface Ok<T> {
  readonly [RESULT]: "ok";
  readonly value: T;
}

/** An expected failure. */
export interface Err<E> {
  readonly [RESULT]: "err";
  readonly reason: E;
}

export type Result<T, E = unknown> = Ok<T> | Err<E>;

/** Success: the invocation's response is `value` as JSON (`undefined` is `null`). The same as returning `value`. */
export function ok<T>(value: T): Ok<T> {
  return { [RESULT]: "ok", value };
}

/**
 * An expected failure: the caller gets a function error whose type and message come from `reason` (a string, an
 * object with `name`/`errorType`/`type` and `message`/`errorMessage`, or an `Error`), without a stack unless it is
 * an `Error`, and nothing is logged as a crash.
 */
export function err<E>(reason: E): Err<E> {
  return { [RESULT]: "err", reason };
}

/** Which of the two a returned value is, if any. */
export function resultKind(value: unknown): Result<unknown> | undefined {
  if (typeof value !== "object" || value === null || !(RESULT in value)) return undefined;
  if (value[RESULT] === "ok" && "value" in value) return ok(value.value);
  if (value[RESULT] === "err" && "reason" in value) return err(value.reason);
  return undefined;
}
