import type { Context } from "../context.ts";

/**
 * How long before the deadline, as a share of the time there was, within bounds in milliseconds. Lambda ends the whole
 * environment at the deadline, and nobody can answer any more; a small function takes a while to put a stack into
 * words; a short one must not be disturbed too early.
 */
const LOOK = { share: 0.25, least: 200, most: 500 };
const CANCEL = { share: 0.05, least: 100, most: 200 };
const GIVE_UP = { share: 0.025, least: 50, most: 100 };

/** A timer for longer than this fires at once. */
const MAX_TIMER_MS = 0x7fff_ffff;

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
  // A clock that is off, or an emulator that sends anything: such a deadline means nothing.
  if (remaining <= GIVE_UP.least || remaining > MAX_TIMER_MS) return () => undefined;
  const before = ({ share, least, most }: typeof LOOK): number =>
    remaining - Math.max(least, Math.min(most, remaining * share));
  const timers = [
    setTimeout(steps.look, before(LOOK)),
    setTimeout(steps.cancel, before(CANCEL)),
    setTimeout(steps.giveUp, before(GIVE_UP)),
  ];
  return () => timers.forEach(clearTimeout);
}
