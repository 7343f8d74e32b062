import type { Engine } from "./engine/engine.ts";

/**
 * A function that has served so many is going to serve more, and compiling what it keeps running pays. Fewer, and most
 * of what is compiled was needed for the start alone.
 */
const INVOCATIONS = 10;

/** What to call after each invocation, of whichever slot: after the tenth the engine compiles hot code as ever. */
export function jitDelay(engine: Pick<Engine, "endJitDelay">): () => void {
  let left = INVOCATIONS;
  return () => {
    left -= 1;
    if (left === 0) engine.endJitDelay();
  };
}
