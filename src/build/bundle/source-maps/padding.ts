const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** A comment that takes at least so many bytes wherever it is kept packed, and is the same each time. */
export function padding(bytes: number): string {
  if (bytes === 0) return "";
  let text = "";
  let state = 1;
  // Six bits of what can't be packed in each letter of eight.
  while (text.length * 0.7 < bytes) {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    text += LETTERS[state & 63] ?? "";
  }
  return `\n/*${text}*/\n`;
}
