export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies edits so that every line keeps its number: line breaks that an edit would swallow follow its text.
 * Edits lie apart or one inside the other; of two that overlap, the one that begins first and reaches further stands.
 */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  // Insertions before what begins at the same place; of those the earlier in the list.
  const sorted = edits
    .map((edit, index) => ({ ...edit, index }))
    .toSorted(
      (a, b) =>
        a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start) || b.end - a.end || a.index - b.index,
    );
  let code = "";
  let at = 0;
  for (const { start, end, text } of sorted) {
    if (start < at) continue;
    const breaks = count(source.slice(start, end)) - count(text);
    code += source.slice(at, start) + text + "\n".repeat(Math.max(breaks, 0));
    at = end;
  }
  return code + source.slice(at);
}

function count(text: string): number {
  return text.split("\n").length - 1;
}
