import type { Difference } from "./compare-graphs.ts";

/** A difference from Node.js that stays, and why. */
export interface Accepted {
  readonly reason: string;
  readonly matches: (difference: Difference) => boolean;
}

/** Looked at after the features that are left out of the graphs: see features.ts. */
export const ACCEPTED: readonly Accepted[] = [
  {
    reason:
      "What Node.js refuses when it links, and the bundler doesn't notice: such a program was never run on nodejs22.x.",
    matches: ({ node }) => node?.trace.length === 0 && node.end.startsWith("throws SyntaxError|"),
  },
];
