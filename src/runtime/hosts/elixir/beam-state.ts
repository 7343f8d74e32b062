import type { ChildEnd } from "../../engine/engine.ts";

/** Why it ends. `early`: before its application had started. `killed`, `stopped`: this side did it, the latter for good. */
type Cause = "early" | "by itself" | "killed" | "stopped";

export type LiveState =
  | { readonly kind: "starting" | "ready" }
  /** Told to stop its applications in order, and serves on until then. */
  | { readonly kind: "stopping" }
  /** Nothing can be given to it any more. */
  | { readonly kind: "ending"; readonly cause: Cause };

/** Where a BEAM is in its life. */
export type BeamState = LiveState | { readonly kind: "ended"; readonly end: ChildEnd };

/** Why a BEAM in this state ends, if it does now. */
export function causeOf(state: LiveState): Cause {
  switch (state.kind) {
    case "starting":
      return "early";
    case "ready":
      return "by itself";
    case "stopping":
      return "stopped";
    case "ending":
      return state.cause;
    default:
      return state satisfies never;
  }
}
