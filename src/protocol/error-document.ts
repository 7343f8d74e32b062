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
