import { ambiguousNames } from "./ambiguous-stars.ts";
import type { Difference } from "./compare-graphs.ts";
import type { Graph } from "./graph.ts";
import { hasQuietRing, inCommonJsRings } from "./rings.ts";
import { linesOf, signatureOf } from "./signature.ts";

/** A difference from Node.js that stays, and why. */
export interface Accepted {
  readonly reason: string;
  readonly matches: (difference: Difference, graph: Graph) => boolean;
}

/** Looked at after the features that are left out of the graphs: see features.ts. */
export const ACCEPTED: readonly Accepted[] = [
  {
    reason:
      "What Node.js refuses when it links, and the bundler doesn't notice: such a module was never loaded on nodejs22.x.",
    matches: ({ node, built }) =>
      node?.end.startsWith("throws SyntaxError|") === true &&
      node.trace.every((line, index) => typeof built !== "string" && line === built.trace[index]),
  },
  {
    reason:
      "Listing the names of a namespace before they are there, which only modules in a ring can, fails under Node.js.",
    matches: (difference) => isSameBut(difference, isListedTooEarly),
  },
  {
    reason: "For tsc the namespace of a function has what every function has, such as its length and its name.",
    matches: (difference) =>
      isSameWith(difference, /: (?:all of m\d+|m\d+\.m\d+_all) = \{.*\bdefault: (?:function|class) /, (line) =>
        line
          .replaceAll(/(?<=\{|, )(?:length: \d+|name: "\w*"|prototype: \{\})(?:, |(?=\}))/g, "")
          .replace(/, \}$/, "}"),
      ),
  },
  {
    reason:
      "With --no-defer imports are the engine's, whose syncBuiltinESMExports does nothing; docs/build.md says so.",
    matches: (difference) =>
      difference.build === "plain" && /^\w+ patched by m <> m.* by its name = /.test(signatureOf(difference)),
  },
  {
    reason:
      "import() of a module of the engine that nobody imported by its names has what was replaced in it before; Node.js has it only once syncBuiltinESMExports was called.",
    matches: (difference) =>
      difference.build === "deferred" && /^m.*: late \S+ = .* <> \w+ patched by m$/.test(signatureOf(difference)),
  },
  {
    reason:
      "A module whose top-level await waits for one that imports it never ends under Node.js; the engine goes on where that would.",
    matches: (difference) => difference.node?.end === "hangs" && isSameSoFar(difference),
  },
  {
    reason:
      "A package without effects is evaluated only if it is used: a program that fails at its start under Node.js, since modules of one in a ring read what isn't there yet, runs on.",
    matches: (difference, graph) => runsOn(difference, /^throws (?:Reference|Type)Error\|\|$/) && hasQuietRing(graph),
  },
  {
    reason:
      "A class that nobody uses is left out, also where what it extends isn't there: a program that fails at its start for that under Node.js runs on.",
    matches: (difference, graph) => runsOn(difference, /^throws TypeError\|\|$/) && hasUnusedClass(graph),
  },
  {
    reason:
      "What CommonJS and TypeScript that becomes it read in a ring before it is there, or pass on by export *, is undefined or missing for tsc; here it may be there already.",
    matches: (difference, graph) => {
      const rings = inCommonJsRings(graph);
      return isSameBut(difference, (theirs, ours) => isOf(rings, theirs) && isReadTooEarly(theirs, ours));
    },
  },
  {
    reason:
      "A program that fails at its start under Node.js for such an undefined in a ring runs on where it is there.",
    matches: ({ node, built }, graph) => {
      if (node === undefined || typeof built === "string" || node.trace.includes("loaded")) return false;
      const rings = inCommonJsRings(graph);
      const differing = node.trace.filter((line, index) => line !== built.trace[index]);
      return (
        /^throws TypeError\|\|$/.test(node.end) &&
        differing.length > 0 &&
        node.trace.every((theirs, index) => {
          const ours = built.trace[index] ?? "";
          return theirs === ours || (isOf(rings, theirs) && isReadTooEarly(theirs, ours));
        })
      );
    },
  },
  {
    reason: "Once a module in a ring has failed, what others that wait still do is of a program that ends.",
    matches: ({ node, built }) =>
      typeof built !== "string" &&
      node?.end === built.end &&
      /^throws (?:Reference|Type)Error\|\|$/.test(built.end) &&
      !node.trace.includes("loaded") &&
      built.trace.every((line, index) => line === node.trace[index]),
  },
  {
    reason: "A name that two export * give is none by the language; V8 takes it of a third one further out.",
    matches: (difference, graph) => {
      const names = [...ambiguousNames(graph)];
      return isSameBut(difference, (theirs) => names.some((name) => new RegExp(`\\b${name}\\b`).test(theirs)));
    },
  },
  {
    reason:
      "Which of several modules that await import() goes on first depends on how long loading takes: what Node.js has to read from files is there already.",
    matches: (difference, { files }) =>
      Object.values(files).filter((lines) => lines.some((line) => /^const \w+ = await import\(/.test(line))).length >
        1 && isSameByModule(difference),
  },
  {
    reason: "Node.js fails with a bug of its own, and says so.",
    matches: ({ node }) => node?.end.endsWith("|ERR_INTERNAL_ASSERTION") === true,
  },
  {
    reason: "The build says of what isn't there, outside of a try, that it isn't.",
    matches: ({ built }) =>
      typeof built === "string" && /^refused: .*(?:Cannot find the (?:package|file)|can't be resolved)/s.test(built),
  },
];

/** Whether lines of a kind are the same once something is taken out of what Node.js tells, and all others are. */
function isSameWith({ node, built }: Difference, kind: RegExp, taken: (line: string) => string): boolean {
  if (typeof built === "string") return false;
  const ours = linesOf(built);
  const theirs = linesOf(node).map((line) => (kind.test(line) ? taken(line) : line));
  return theirs.length === ours.length && theirs.every((line, index) => line === ours[index]);
}

/** Whether all lines are the same but those of which something is accepted. */
function isSameBut({ node, built }: Difference, isAccepted: (theirs: string, ours: string) => boolean): boolean {
  if (typeof built === "string") return false;
  const [theirs, ours] = [linesOf(node), linesOf(built)];
  return (
    theirs.length === ours.length &&
    theirs.every((line, index) => line === ours[index] || isAccepted(line, ours[index] ?? ""))
  );
}

/** Whether Node.js has no names yet where a line lists them, or describes what has them. */
function isListedTooEarly(theirs: string, ours: string): boolean {
  const [label = "", value = ""] = theirs.split(/(?<= = )/);
  if (label === "" || !ours.startsWith(label)) return false;
  const isList = /: (?:names of|whether) /.test(label);
  return isList ? value === "throws ReferenceError||" : value.includes("undescribed: ReferenceError");
}

/** Whether a line tells of one of some modules; what decorators say of types names none. */
function isOf(modules: ReadonlySet<string>, line: string): boolean {
  const [label = ""] = line.split(" = ");
  return line.startsWith("metadata ")
    ? modules.size > 0
    : (label.match(/\bm\d+/g) ?? []).some((one) => modules.has(one));
}

/** Whether something is there that isn't for Node.js yet, or at least its name. */
function isReadTooEarly(theirs: string, ours: string): boolean {
  const [label = ""] = /^m\d+.*? = |^metadata [^:]*:\w+ of [^:]*: /.exec(theirs) ?? [];
  if (label === "" || !ours.startsWith(label)) return false;
  if (/ = (?:undefined|throws TypeError\|\|)$/.test(theirs)) return !ours.includes(" = throws ");
  const told = theirs.slice(label.length).replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  // An object of which more names are there.
  const listed = told.startsWith(String.raw`\{`) ? told.replaceAll(/\\\{|, /g, "$&(?:.+?, )?") : told;
  const pattern = listed.replaceAll(/\bundefined\b/g, ".+?");
  const given = ours.slice(label.length).replace(/, true, undefined\]$/, ", false, undefined]");
  return new RegExp(`^${pattern}$`).test(given);
}

/** The first that a line names: the one that tells it, or that it is told of. */
function moduleOf(line: string): string {
  return /\bm\d+\b/.exec(line)?.[0] ?? "";
}

/** Whether each module tells the same, in its order. */
function isSameByModule({ node, built }: Difference): boolean {
  if (node === undefined || typeof built === "string" || node.end !== built.end) return false;
  const byModule = ({ trace }: { readonly trace: readonly string[] }): string =>
    trace
      .map((line, index) => ({ line, index, module: moduleOf(line) }))
      .toSorted((a, b) => a.module.localeCompare(b.module) || a.index - b.index)
      .map(({ line }) => line)
      .join("\n");
  return byModule(node) === byModule(built);
}

/** Whether all is the same until Node.js fails before the entry is loaded. */
function runsOn({ node, built }: Difference, end: RegExp): boolean {
  if (node === undefined || typeof built === "string" || node.trace.includes("loaded")) return false;
  return end.test(node.end) && isSameSoFar({ node, built });
}

/** Whether all that Node.js tells is the same, but for names that are listed too early. */
function isSameSoFar({ node, built }: Pick<Difference, "node" | "built">): boolean {
  if (node === undefined || typeof built === "string") return false;
  return node.trace.every((line, index) => {
    const ours = built.trace[index] ?? "";
    return line === ours || isListedTooEarly(line, ours);
  });
}

/** Whether a module declares a class of another one that it doesn't use, at least not before it ends with an error. */
function hasUnusedClass({ files }: Graph): boolean {
  return Object.values(files).some((lines) => {
    const thrown = lines.findIndex((line) => line.startsWith("throw "));
    const run = lines.slice(0, thrown < 0 ? lines.length : thrown);
    return run.some((line) => {
      const [, name] = /^class (\w+) extends /.exec(line) ?? [];
      return name !== undefined && run.join("\n").split(new RegExp(`\\b${name}\\b`)).length === 2;
    });
  });
}
