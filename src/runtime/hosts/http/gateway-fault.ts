import { messageOf } from "../../thrown.ts";

/** A server behind the runtime gave no answer: what the client gets, and what the log is told. */
export class GatewayFault extends Error {
  readonly status: 502 | 504;

  /** `name` is the error type that the log shows. */
  constructor(status: 502 | 504, name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.name = name;
    // Where in the runtime it was made tells nobody anything.
    this.stack = `${name}: ${message}`;
  }
}

export function noAnswer(cause: unknown): GatewayFault {
  const message = `The server gave no answer to this request: ${messageOf(cause)}`;
  return new GatewayFault(502, "Runtime.NoAnswer", message, { cause });
}

export function tooSlow(cause: unknown): GatewayFault {
  return new GatewayFault(
    504,
    "Runtime.HandlerTimeout",
    "Timeout: the server had not answered shortly before the deadline, and the request was given up.",
    { cause },
  );
}
