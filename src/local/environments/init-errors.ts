/** When it was said, in text and in JSON. */
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** What the runtime says of an init that failed. */
const INIT_ERROR = /\bInit Error\b/;

/** A failed init is tried twice and mostly fails of the same: on this machine somebody reads it, and once is enough. */
export class InitErrors {
  readonly #said = new Set<string>();

  /** Whether the line tells an error that one before it has told. */
  repeats(line: string): boolean {
    if (!INIT_ERROR.test(line)) return false;
    const text = line.replaceAll(TIME, "");
    const known = this.#said.has(text);
    this.#said.add(text);
    return known;
  }
}
