/** An import in front of a chunk's code, which the bundler writes in one line, with what is passed on of it behind it. */
export interface Statement {
  readonly text: string;
  /** What it imports of another chunk, as `a as b`; empty for one of something else. */
  readonly names: readonly string[];
  /** The chunk; `undefined` for anything else. */
  readonly from: string | undefined;
}

/** The statements in front of a chunk's code, and where they are. */
export interface Head {
  readonly statements: readonly Statement[];
  readonly slots: readonly { readonly start: number; readonly end: number }[];
}

const STATEMENT = /\s*(import\b\s*(?:(?:\{([^}]*)\}|[^;"']*?)\s*from\s*)?["']([^"']*)["'];(?: export \{[^}]*\};)?)/y;

/** @param chunks by their names */
export function readHead(code: string, chunks: ReadonlyMap<string, unknown>): Head {
  const statements: Statement[] = [];
  const slots: { start: number; end: number }[] = [];
  STATEMENT.lastIndex = /^#!.*\n/.exec(code)?.[0].length ?? 0;
  for (let match = STATEMENT.exec(code); match !== null; match = STATEMENT.exec(code)) {
    const [, text = "", names = "", specifier = ""] = match;
    const file = specifier.replace(/^\.\//, "");
    const list = names.split(",").map((name) => name.trim());
    statements.push({ text, names: list.filter((name) => name !== ""), from: chunks.has(file) ? file : undefined });
    slots.push({ start: STATEMENT.lastIndex - text.length, end: STATEMENT.lastIndex });
  }
  return { statements, slots };
}

/** Puts other statements in place of those of a head. No line moves. */
export function fillSlots(
  code: string,
  slots: Head["slots"],
  statements: readonly { readonly text: string }[],
): string {
  const texts = statements.map(({ text }) => text);
  if (slots.length === 0) return texts.join(" ") + code;
  let filled = "";
  let at = 0;
  for (const [index, { start, end }] of slots.entries()) {
    const own = index === slots.length - 1 ? texts.slice(index).join(" ") : texts[index];
    filled += code.slice(at, start) + (own ?? "");
    at = end;
  }
  return filled + code.slice(at);
}
