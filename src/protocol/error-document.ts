/**
 * The JSON body of `error` and `init/error`. Lambda hands it to the caller verbatim.
 * Source: AWS Lambda Developer Guide, "Using the Lambda runtime API"; `cause` and `errors` are Mayfly's.
 */
export interface ErrorDocument {
  readonly errorType: string;
  readonly errorMessage: string;
  /** One frame a string, innermost first, without the message line. */
  readonly stackTrace: readonly string[];
  readonly cause?: ErrorDocument;
  /** The members of an `AggregateError`. */
  readonly errors?: readonly ErrorDocument[];
}

/** Reads a document that another process wrote; what is not of its form is left out. `undefined` if it is none. */
export function parseErrorDocument(value: unknown): ErrorDocument | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const errorType = "errorType" in value ? value.errorType : undefined;
  const errorMessage = "errorMessage" in value ? value.errorMessage : undefined;
  if (typeof errorType !== "string" || typeof errorMessage !== "string") return undefined;
  const stackTrace = "stackTrace" in value && Array.isArray(value.stackTrace) ? value.stackTrace : [];
  const cause = "cause" in value ? parseErrorDocument(value.cause) : undefined;
  const errors = "errors" in value && Array.isArray(value.errors) ? value.errors : undefined;
  return {
    errorType,
    errorMessage,
    stackTrace: stackTrace.filter((frame) => typeof frame === "string"),
    ...(cause !== undefined && { cause }),
    ...(errors !== undefined && { errors: errors.map(parseErrorDocument).filter((error) => error !== undefined) }),
  };
}
