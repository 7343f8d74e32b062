import { isStream } from "./stream-result.ts";

/**
 * Whether a function that has returned this, and no promise, may yet answer by its callback or its context. What takes
 * a callback may; so may what gave no answer and could have handed on either.
 */
export function answersLater(handler: object, returned: unknown, shared: boolean): boolean {
  if (typeof handler !== "function") return false;
  if (handler.length >= 3) return true;
  // Where an environment serves several invocations AWS's runtime has no callbacks: what returns has answered.
  return !shared && (returned === undefined || isUnderWay(returned)) && couldHandOn(handler);
}

/** What begins asynchronous work returns such things, and nobody means them as a result. */
function isUnderWay(returned: unknown): boolean {
  if (typeof returned !== "object" || returned === null || isStream(returned)) return false;
  // A timer; an emitter, such as a request or a query; what `proxy` of aws-serverless-express gives.
  return (
    ("hasRef" in returned && typeof returned.hasRef === "function") ||
    ("emit" in returned && typeof returned.emit === "function") ||
    ("promise" in returned && returned.promise instanceof Promise)
  );
}

/** `(event) => …` can't: it has neither context nor callback. `length` doesn't count rest parameters, nor those with defaults. */
function couldHandOn(handler: { readonly length: number }): boolean {
  if (handler.length >= 2) return true;
  const text = Function.prototype.toString.call(handler);
  const parameters = text.slice(0, text.indexOf(")"));
  return (
    text.includes("...") ||
    text.includes("arguments") ||
    // A bound function, or a proxy of one.
    text.includes("[native code]") ||
    (parameters.includes("=") && !parameters.includes("=>"))
  );
}
