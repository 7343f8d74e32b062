import type { Context } from "../../context.ts";
import { isPlausible } from "../../deadline.ts";
import type { HandlerOutcome } from "../../outcome.ts";

/** What an app gets as its execution context: the two methods that code for other platforms calls. */
export class WaitUntil {
  readonly #pending: Promise<void>[] = [];

  /** Work that the answer need not wait for. The next invocation does, until the deadline of this one. */
  readonly waitUntil = (work: unknown): void => {
    const settled = Promise.resolve(work).then(
      () => undefined,
      (error: unknown) => console.error("Work given to waitUntil failed:", error),
    );
    this.#pending.push(settled);
  };

  /** There is no origin behind a function to pass a request on to. */
  readonly passThroughOnException = (): void => undefined;

  /** The answer, and what is left to do after it. What writes a stream may hand in work until its end. */
  after<Answer extends HandlerOutcome>(answer: Answer, context: Context): Answer {
    if (answer.kind !== "stream" && this.#pending.length === 0) return answer;
    return { ...answer, afterwards: () => this.#settle(context) };
  }

  async #settle(context: Context): Promise<void> {
    if (this.#pending.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const remaining = context.remainingTime();
    const deadline = new Promise<"late">((resolve) => {
      if (!isPlausible(remaining)) return;
      timer = setTimeout(() => resolve("late"), remaining);
      timer.unref();
    });
    // Work may hand in more work.
    for (let work = this.#pending.shift(); work !== undefined; work = this.#pending.shift()) {
      if ((await Promise.race([work, deadline])) === "late") {
        console.error("Work given to waitUntil was not done by the deadline of its invocation");
        break;
      }
    }
    clearTimeout(timer);
  }
}
