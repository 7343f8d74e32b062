import { applyEdits, type Edit } from "../defer/edits.ts";
import { nodeIn, parseFile, type SyntaxNode, walk } from "../../syntax.ts";
import type { LinkedChunk } from "./helpers-in-start.ts";

const KEYWORDS: ReadonlySet<unknown> = new Set(["async", "get", "set", "static", "accessor"]);
const MAYBE = /^\s*(?:static )?(?:async|get|set|static|accessor);$/m;

/**
 * Gives a value to fields that have none and are called like a keyword that may stand in front of a field: the engine's
 * compiler leaves out the semicolon behind them, and then takes the field for the keyword.
 */
export function withKeywordFields(chunk: LinkedChunk): LinkedChunk {
  const { fileName, code } = chunk;
  if (!MAYBE.test(code)) return chunk;
  const edits = partsOf(chunk).flatMap((part) => {
    const program = MAYBE.test(part) ? parseFile(fileName, part) : undefined;
    if (program === undefined) return [];
    const start = code.indexOf(part);
    return [...walk(program)].flatMap(({ node }) => valueFor(node, start) ?? []);
  });
  return { ...chunk, code: applyEdits(code, edits) };
}

/** The code of a chunk's modules, so that only those are parsed that have to be; all of it where they aren't found in it. */
function partsOf({ code, modules }: LinkedChunk): readonly string[] {
  const parts = Object.values(modules).flatMap((module) => module.code ?? []);
  return parts.some((part) => MAYBE.test(part) && !code.includes(part)) ? [code] : parts;
}

function valueFor(field: SyntaxNode, start: number): Edit | undefined {
  if (field.type !== "PropertyDefinition" || field["computed"] === true || field["value"] !== null) return undefined;
  const key = nodeIn(field, "key");
  if (key?.type !== "Identifier" || !KEYWORDS.has(key["name"])) return undefined;
  const at = start + key.end;
  return { start: at, end: at, text: " = undefined" };
}
