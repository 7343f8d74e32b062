import type { ErrorDocument } from "../protocol/error-document.ts";
import { MAX_RESPONSE_BYTES } from "../protocol/limits.ts";
import { isNestedTooDeep, MAX_NESTING } from "./nesting.ts";

export type Encoded =
  | { readonly kind: "body"; readonly body: Uint8Array }
  | { readonly kind: "failed"; readonly document: ErrorDocument };

const encoder = new TextEncoder();
const NULL = encoder.encode("null");

/** A handler's result as JSON. What JSON can't carry, or Lambda won't take, becomes a fault that says which and why. */
export function encodeResult(value: unknown): Encoded {
  if (value === undefined) return { kind: "body", body: NULL };
  if (isNestedTooDeep(value)) return invalid(`the result is nested deeper than ${MAX_NESTING} levels`);
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    return invalid(findUnencodable(value) ?? `the result can't be written as JSON: ${String(error)}`);
  }
  if (json === undefined) return invalid(`the result is a ${typeof value}, which JSON can't carry`);
  return withinLimit(encoder.encode(json));
}

/** A result that is JSON already, if Lambda takes it. */
export function withinLimit(body: Uint8Array): Encoded {
  return body.length > MAX_RESPONSE_BYTES ? tooLarge(body.length) : { kind: "body", body };
}

/** Source: lambda "Lambda quotas"; checked here because the platform's own answer names neither size nor remedy. */
function tooLarge(bytes: number): Encoded {
  return fault(
    "Function.ResponseSizeTooLarge",
    `Payload too large: the response has ${bytes} bytes, Lambda takes at most ${MAX_RESPONSE_BYTES}. ` +
      "Return less, stream the response, or store it in S3 and return a link.",
  );
}

function invalid(problem: string): Encoded {
  return fault("Runtime.InvalidResponseFormat", `Invalid response format: ${problem}.`);
}

function fault(errorType: string, errorMessage: string): Encoded {
  return { kind: "failed", document: { errorType, errorMessage, stackTrace: [] } };
}

/** Walks as `JSON.stringify` would, to name the value it stopped at. */
function findUnencodable(root: unknown): string | undefined {
  const ancestors = new Set<object>();

  const visit = (holder: unknown, path: string): string | undefined => {
    let value = holder;
    if (typeof value === "object" && value !== null && "toJSON" in value && typeof value.toJSON === "function") {
      try {
        value = Reflect.apply(value.toJSON, value, []);
      } catch (error) {
        return `toJSON() of the value at ${path} threw ${String(error)}`;
      }
    }
    if (typeof value === "bigint")
      return `the value at ${path} is a BigInt (${value}n): turn it into a string or a number`;
    if (typeof value !== "object" || value === null) return undefined;
    if (ancestors.has(value)) return `the value at ${path} refers back to an object that contains it`;
    ancestors.add(value);
    for (const key of Object.keys(value)) {
      const at = Array.isArray(value) ? `${path}[${key}]` : property(path, key);
      let member: unknown;
      try {
        member = Reflect.get(value, key);
      } catch (error) {
        return `reading the value at ${at} threw ${String(error)}`;
      }
      const found = visit(member, at);
      if (found !== undefined) return found;
    }
    ancestors.delete(value);
    return undefined;
  };

  try {
    return visit(root, "result");
  } catch {
    // Nested too deeply for any walk, as it was for JSON.stringify.
    return undefined;
  }
}

function property(path: string, key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
