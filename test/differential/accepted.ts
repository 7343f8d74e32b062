import type { Difference } from "./compare-graphs.ts";
import { linesOf, signatureOf } from "./signature.ts";

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
  {
    reason:
      "Listing the names of a namespace before they are there, which only modules in a ring can, fails under Node.js.",
    matches: (difference) =>
      /undescribed: ReferenceError.* <> |(?:names of|whether) .* = throws ReferenceError.* <> /.test(
        signatureOf(difference),
      ),
  },
  {
    reason:
      "What import() gives TypeScript that becomes CommonJS has the names that the module has, as from other compilers; Node.js lists some that only its text has.",
    matches: ({ node, built }) =>
      typeof built !== "string" &&
      linesOf(node).every((line, index) => withoutMissing(line) === linesOf(built)[index]) &&
      linesOf(node).length === linesOf(built).length,
  },
  {
    reason: "The build says of what isn't there, outside of a try, that it isn't.",
    matches: ({ built }) =>
      typeof built === "string" && /^refused: .*(?:Cannot find the (?:package|file)|can't be resolved)/s.test(built),
  },
];

function withoutMissing(line: string): string {
  return / loads m\d+ /.test(line) ? line.replaceAll(/, \w+: undefined(?=[,}])/g, "") : line;
}
