export interface JsonProblem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** What is there: `"}"`, `the end`. */
  readonly found: string;
}

// oxlint-disable-next-line no-control-regex -- which a text in JSON has none of
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/** Where a text stops being JSON, which the engine's own parser doesn't tell; `undefined` if it is JSON. */
export function jsonProblem(text: string): JsonProblem | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return placeAt(text, new Reader(text).read());
  }
}

function placeAt(text: string, offset: number): JsonProblem {
  const before = text.slice(0, offset).split("\n");
  const found = /^(?:\w+|[^])/u.exec(text.slice(offset))?.[0];
  return {
    line: before.length,
    column: (before.at(-1) ?? "").length + 1,
    found: found === undefined ? "the end" : found === "\n" ? "the end of the line" : `"${found}"`,
  };
}

/** Reads as far as it can. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns where it stops */
  read(): number {
    if (this.#value()) this.#take(SPACE);
    return this.#at;
  }

  #value(): boolean {
    this.#take(SPACE);
    if (this.#sign("{")) return this.#list("}", () => this.#member());
    if (this.#sign("[")) return this.#list("]", () => this.#value());
    return this.#take(STRING) || this.#take(NUMBER) || this.#take(WORD);
  }

  #member(): boolean {
    this.#take(SPACE);
    return this.#take(STRING) && this.#signAfterSpace(":") && this.#value();
  }

  #list(end: string, part: () => boolean): boolean {
    if (this.#signAfterSpace(end)) return true;
    do {
      if (!part()) return false;
    } while (this.#signAfterSpace(","));
    return this.#sign(end);
  }

  #signAfterSpace(sign: string): boolean {
    this.#take(SPACE);
    return this.#sign(sign);
  }

  #sign(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    this.#at += found?.[0].length ?? 0;
    return found !== null;
  }
}
