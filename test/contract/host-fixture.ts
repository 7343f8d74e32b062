/**
 * What a host brings to the contract suite: a bootstrap and, by role, the handlers in it. The same suite runs for
 * every host and every engine that Mayfly claims; a role that a language can't have is left out.
 */
export interface HostFixture {
  readonly name: string;
  /** Builds the bootstrap with the real command line; returns its path. */
  build(): Promise<string>;
  readonly handlers: {
    /** Returns its event. */
    readonly echo: string;
    /** Returns `{requestId, arn, traceId, functionName, remaining, tenantId}` of its context. */
    readonly context: string;
    /** Fails as expected, with the message "name is required". */
    readonly expectedFailure: string;
    /** Throws an error of the user's own type with the message "no such order", caused by "disk full". */
    readonly customError: string;
    /** Waits for the file `event.until`, then returns `event.id` and the request id its context had before and after. */
    readonly waits: string;
    /** Logs the message "first\nsecond" at level `event.level`. */
    readonly logs: string;
    /** Returns what the response format can't carry. */
    readonly unencodable: string;
    /** Returns a string of `event.size` characters. */
    readonly large: string;
    /** Counts its invocations in this process. */
    readonly counter: string;
    /** Ends the process with `event.code`. */
    readonly exits: string;
    /** Can't be loaded: its start fails with "no database". */
    readonly brokenInit: string;
    /** Does not exist, but `echo` does beside it. */
    readonly missing: string;
  };
  /** How the user's own error type of `customError` shows. */
  readonly customErrorType: string;
  /** Where `customError` throws, as its first frame must say. */
  readonly customErrorFrame: RegExp;
  /** Whether errors of this language have causes. */
  readonly customErrorCause: boolean;
  /** Whether `exits` ends only what runs the handler: then the next invocation is served. */
  readonly outlivesExit: boolean;
}
