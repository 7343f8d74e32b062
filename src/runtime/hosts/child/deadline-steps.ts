import { INIT_PHASE_MS } from "../../../protocol/limits.ts";
import type { Context } from "../../context.ts";
import { isPlausible } from "../../deadline.ts";

/** Lambda ends the init phase 10 s after its start, without a word on why: whoever still waits then speaks before. Milliseconds. */
export const START_WITHIN_MS: number = INIT_PHASE_MS - 500;

/**
 * How long before the deadline, as a share of the time there was, within bounds in milliseconds. Lambda ends the whole
 * environment at the deadline, and nobody can answer any more; a small function takes a while to put a stack into
 * words; a short one must not be disturbed too early.
 */
const LOOK = { share: 0.25, least: 200, most: 500 };
const CANCEL = { share: 0.05, least: 100, most: 200 };
const GIVE_UP = { share: 0.025, least: 50, most: 100 };

export interface DeadlineSteps {
  /** Finds out where the handler is. */
  readonly look: () => void;
  /** Ends the handler. */
  readonly cancel: () => void;
  /** Whatever is known by now is the answer. */
  readonly giveUp: () => void;
}

/** Takes the steps in time, unless the returned function is called before. */
export function watchDeadline(context: Context, steps: DeadlineSteps): () => void {
  const remaining = context.remainingTime();
  if (!isPlausible(remaining)) return () => undefined;
  const timers = [
    setTimeout(steps.look, before(LOOK, remaining)),
    setTimeout(steps.cancel, before(CANCEL, remaining)),
    setTimeout(steps.giveUp, before(GIVE_UP, remaining)),
  ];
  return () => timers.forEach(clearTimeout);
}

/** What the promise gives, or `undefined` once the answer has to be given. */
export async function beforeDeadline<T>(context: Context, promise: Promise<T>): Promise<T | undefined> {
  const remaining = context.remainingTime();
  if (!isPlausible(remaining)) return promise;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), before(GIVE_UP, remaining));
  });
  const first = await Promise.race([promise, late]);
  clearTimeout(timer);
  return first;
}

function before({ share, least, most }: typeof LOOK, remaining: number): number {
  return remaining - Math.max(least, Math.min(most, remaining * share));
}
