import type { Edit } from "../defer/edits.ts";

const BODY = /\b__esmMin\((?:null, )?\((?:async )?\(\) => \{/;

/** By functions that a text declares: the statements that name them so. */
export function namingOf(
  text: string,
  helper: string | undefined,
): ReadonlyMap<string, { readonly start: number; readonly statement: string }> {
  if (helper === undefined) return new Map();
  const named = new RegExp(`(?<![\\w$.])${helper.replaceAll("$", "\\$")}\\(([\\w$]+), "(?:[^"\\\\]|\\\\.)*"\\);`, "g");
  return new Map(
    [...text.matchAll(named)].flatMap(({ 0: statement, 1: name = "", index }) =>
      isFunction(text, name) ? [[name, { start: index, statement }] as const] : [],
    ),
  );
}

/**
 * Has a module that is wrapped in a function name its own functions before all else: in a ring others may ask for them
 * while it still evaluates what it imports. No line moves.
 * @param text of the module, as the bundler has written it
 * @param at where it begins in its chunk
 */
export function namesFirst(text: string, at: number, helper: string | undefined): readonly Edit[] {
  const body = BODY.exec(text);
  const named = body === null ? [] : [...namingOf(text, helper).values()];
  if (body === null || named.length === 0) return [];
  const place = at + body.index + body[0].length;
  const statements = named.map(({ statement }) => ` ${statement}`).join("");
  const gone = named.map(({ start, statement }) => ({
    start: at + start,
    end: at + start + statement.length,
    text: "",
  }));
  return [{ start: place, end: place, text: statements }, ...gone];
}

function isFunction(text: string, name: string): boolean {
  return new RegExp(`^(?:async )?function\\*? ?${name.replaceAll("$", "\\$")}\\(`, "m").test(text);
}
