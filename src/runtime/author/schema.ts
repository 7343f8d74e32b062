import type { Context } from "../context.ts";
import { err, type Err } from "../results.ts";

/** The part of the Standard Schema interface (standardschema.dev, v1) that validation needs. */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The event did not match its schema; the handler was not called. */
export class ValidationError extends Error {
  override readonly name = "ValidationError";
  readonly issues: readonly SchemaIssue[];

  constructor(issues: readonly SchemaIssue[]) {
    super(`The event is not valid: ${issues.map(describeIssue).join("; ")}`);
    this.issues = issues;
    // Where validation happened says nothing about the event.
    this.stack = `${this.name}: ${this.message}`;
  }
}

/**
 * A handler whose event is checked first: `handler({ event: schema }, (event, context) => …)`. Takes any Standard
 * Schema (zod, valibot, arktype and others) and hands on its output, defaults and transforms applied. Bad input is
 * an expected failure: the caller gets a `ValidationError` that lists the paths.
 */
export function handler<Output, Returned>(
  options: { readonly event: StandardSchema<Output> },
  handle: (event: Output, context: Context) => Returned | Promise<Returned>,
): (event: unknown, context: Context) => Promise<Returned | Err<ValidationError>> {
  const schema = options.event["~standard"];
  return async (event, context) => {
    const result = await schema.validate(event);
    if (result.issues !== undefined) return err(new ValidationError(result.issues));
    return handle(result.value, context);
  };
}

function describeIssue({ message, path = [] }: SchemaIssue): string {
  const keys = path.map((segment) => (typeof segment === "object" ? segment.key : segment));
  if (keys.length === 0) return message;
  const shown = keys.map((key, index) =>
    typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`,
  );
  return `${shown.join("")}: ${message}`;
}
