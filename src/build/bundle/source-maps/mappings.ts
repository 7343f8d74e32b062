/** From a place in generated code to one in a source. Lines and columns begin at 0, columns count UTF-16 units. */
export interface Mapping {
  readonly line: number;
  readonly column: number;
  readonly source: number;
  readonly originalLine: number;
  readonly originalColumn: number;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = DIGITS.indexOf(String.fromCharCode(code));
  return value < 0 ? 255 : value;
});

/**
 * Reads the `mappings` of a source map, without those that name no source. Source: ECMA-426.
 * @throws Error when the text is something else
 */
export function readMappings(text: string): readonly Mapping[] {
  const mappings: Mapping[] = [];
  let [line, column, source, originalLine, originalColumn] = [0, 0, 0, 0, 0];
  let at = 0;
  const read = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 5) {
      const digit = VALUES[text.charCodeAt(at++)] ?? 255;
      if (digit === 255) throw new Error(`No mappings of a source map: ${text.slice(Math.max(at - 20, 0), at)}`);
      value += (digit & 31) << shift;
      if ((digit & 32) === 0) return value & 1 ? -(value >>> 1) : value >>> 1;
    }
  };
  const ends = (): boolean => at >= text.length || text[at] === "," || text[at] === ";";
  while (at < text.length) {
    if (text[at] === ";") {
      line++;
      column = 0;
      at++;
    } else if (text[at] === ",") {
      at++;
    } else {
      column += read();
      if (ends()) continue;
      source += read();
      originalLine += read();
      originalColumn += read();
      mappings.push({ line, column, source, originalLine, originalColumn });
      // The name, which nobody here asks for.
      if (!ends()) read();
    }
  }
  return mappings;
}

/**
 * The way from generated code through what it was made of to the sources of that.
 * @param outer to the code in between
 * @param inner from the code in between, sorted
 * @param own the source of places in the code in between that were made of nothing
 */
export function through(outer: readonly Mapping[], inner: readonly Mapping[], own: number): readonly Mapping[] {
  const result: Mapping[] = [];
  for (const { line, column, originalLine, originalColumn } of outer) {
    const found = lastBefore(inner, originalLine, originalColumn);
    const before = result.at(-1);
    if (found === undefined && before?.source === own && before.line === line) continue;
    result.push({
      line,
      column,
      source: found?.source ?? own,
      originalLine: found?.originalLine ?? 0,
      originalColumn: found?.originalColumn ?? 0,
    });
  }
  return result;
}

/** The last mapping of the line that doesn't lie behind the column. */
function lastBefore(mappings: readonly Mapping[], line: number, column: number): Mapping | undefined {
  let [low, high] = [0, mappings.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = mappings[middle];
    if (one !== undefined && (one.line < line || (one.line === line && one.column <= column))) low = middle + 1;
    else high = middle;
  }
  const found = mappings[low - 1];
  return found?.line === line ? found : undefined;
}
