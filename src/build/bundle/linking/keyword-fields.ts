import { applyEdits, type Edit } from "../defer/edits.ts";
import { nodeIn, parseFile, type SyntaxNode, walk } from "../../syntax.ts";

const KEYWORDS: ReadonlySet<unknown> = new Set(["async", "get", "set", "static", "accessor"]);
const MAYBE = /^\s*(?:static )?(?:async|get|set|static|accessor);$/m;

/**
 * Gives a value to fields that have none and are called like a keyword that may stand in front of a field: the engine's
 * compiler leaves out the semicolon behind them, and then takes the field for the keyword.
 */
export function withKeywordFields(fileName: string, code: string): string {
  if (!MAYBE.test(code)) return code;
  const program = parseFile(fileName, code);
  if (program === undefined) return code;
  return applyEdits(
    code,
    [...walk(program)].flatMap(({ node }) => valueFor(node) ?? []),
  );
}

function valueFor(field: SyntaxNode): Edit | undefined {
  if (field.type !== "PropertyDefinition" || field["computed"] === true || field["value"] !== null) return undefined;
  const key = nodeIn(field, "key");
  if (key?.type !== "Identifier" || !KEYWORDS.has(key["name"])) return undefined;
  return { start: key.end, end: key.end, text: " = undefined" };
}
