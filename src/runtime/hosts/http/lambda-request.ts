import type { Deadline } from "../../deadline.ts";

/** A request that knows the event it was made of. Its signal is made when it is asked for: few handlers do. */
export class LambdaRequest extends Request {
  readonly #event: unknown;
  readonly #deadline: Deadline;

  constructor(input: string | Request, init: RequestInit, event: unknown, deadline: Deadline) {
    super(input, init);
    this.#event = event;
    this.#deadline = deadline;
  }

  get event(): unknown {
    return this.#event;
  }

  override get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  override clone(): LambdaRequest {
    return new LambdaRequest(super.clone(), {}, this.#event, this.#deadline);
  }
}
