import type { Context } from "../context.ts";

/** Milliseconds before the deadline. Lambda ends the whole environment at it, and nobody can answer any more. */
const LOOK_MS = { most: 500, least: 200, share: 0.25 };
const CANCEL_MS = 100;
const GIVE_UP_MS = 50;

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
  if (remaining <= GIVE_UP_MS) return () => undefined;
  // On a small function a stack takes a while to be told; on a short one the warning must not come too early.
  const lookMs = Math.max(LOOK_MS.least, Math.min(LOOK_MS.most, remaining * LOOK_MS.share));
  const timers = [
    setTimeout(steps.look, remaining - lookMs),
    setTimeout(steps.cancel, remaining - CANCEL_MS),
    setTimeout(steps.giveUp, remaining - GIVE_UP_MS),
  ];
  return () => timers.forEach(clearTimeout);
}
