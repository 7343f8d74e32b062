import { readFileSync } from "node:fs";

/** Where in a file a specifier is written. */
export interface ImportPlace {
  /** From 1. */
  readonly line: number;
  /** From 1, of the specifier. */
  readonly column: number;
  /** How long the specifier is with its quotes. */
  readonly length: number;
  readonly lineText: string;
}

export function placeOfImport(file: string, specifier: string): ImportPlace {
  const lines = textOf(file).split(/\r?\n/);
  for (const quote of [`"`, `'`, "`"]) {
    const written = quote + specifier + quote;
    const line = lines.findIndex((text) => text.includes(written));
    const lineText = lines[line];
    if (lineText === undefined) continue;
    return { line: line + 1, column: lineText.indexOf(written) + 1, length: written.length, lineText };
  }
  return { line: 1, column: 1, length: 1, lineText: lines[0] ?? "" };
}

export function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // A module that is no file: it has no place to show.
    return "";
  }
}
