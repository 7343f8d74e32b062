import type { Plugin } from "rolldown";
import { nodeIn, parseFile, walk } from "../../syntax.ts";
import { applyEdits, type Edit } from "../defer/edits.ts";

const NAMES = /\b__exportAll(?:\$\d+)?\(\{[^]*?\}(?:, \d)?\);/g;
const PASSED = /\(\) => import_[\w$]+(?=(\.|\[))/g;
const IMPORTED = /\bimport_[\w$]+(?=[.[])/g;

/**
 * TypeScript that becomes CommonJS, in a ring: what another module passes on of CommonJS may be asked for before that is
 * required. With tsc it is `undefined` then; the bundler reads it of what isn't there itself. No line moves.
 * @param isInRing what the id of a module is asked for once all are read
 */
export function halfMadeImports(isInRing: (id: string) => boolean): Plugin {
  return {
    name: "mayfly-half-made-imports",
    renderChunk: {
      filter: { code: /\bimport_[\w$]+[.[]/ },
      handler(code, { modules }) {
        const edits = Object.entries(modules).flatMap(([id, { code: text }]): readonly Edit[] => {
          const at = text === null || text === "" || !isInRing(id) ? -1 : code.indexOf(text);
          return text === null || at < 0 ? [] : halfMade(text, at);
        });
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

/** @param text of a module, as the bundler has written it, which begins at `at` of its chunk */
export function halfMade(text: string, at: number): readonly Edit[] {
  const given = [...text.matchAll(NAMES)].flatMap(({ 0: names, index }) =>
    [...names.matchAll(PASSED)].map(({ 0: passed, 1: member, index: place }) =>
      optional(at + index + place + passed.length, member),
    ),
  );
  const known = new Set(given.map(({ start }) => start));
  const others = new Set([...text.matchAll(IMPORTED)].map(([name]) => name).filter((name) => !isOwn(text, name)));
  const program = others.size === 0 ? undefined : parseFile("rendered.js", text);
  const read = (program === undefined ? [] : walk(program)).flatMap(({ node }): readonly Edit[] => {
    const object = node.type === "MemberExpression" ? nodeIn(node, "object") : undefined;
    const name = object?.type === "Identifier" ? object["name"] : undefined;
    if (object === undefined || typeof name !== "string" || !others.has(name)) return [];
    if (known.has(at + object.end)) return [];
    const [start, end] = [at + node.start, at + node.end];
    // Not `?.`: the engine's compiler writes it without the brackets.
    return [
      { start, end: start, text: `(${name} === void 0 ? void 0 : ` },
      { start: end, end, text: ")" },
    ];
  });
  return [...given, ...read];
}

/** Whether a module itself requires what it calls so: in front of all else. */
function isOwn(text: string, name: string): boolean {
  return text.includes(`${name} = `);
}

function optional(place: number, member = "."): Edit {
  return { start: place, end: place, text: member === "." ? "?" : "?." };
}
