/**
 * Whether a text is a decimal number without sign, as HTTP and Lambda write theirs. Not a regular expression: the first
 * one that runs costs a start 0.1 ms, each further one a hundredth.
 */
export function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text !== "";
}
