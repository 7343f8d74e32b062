/** A line that goes on for longer than this is cut: CloudWatch takes no longer event, and memory is finite. */
const MAX_LINE_LENGTH = 256 * 1024;

/** Turns a program's output into lines. A character may come in two pieces. */
export class LineSplitter {
  readonly #decoder = new TextDecoder();
  #rest = "";

  push(bytes: Uint8Array): readonly string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > MAX_LINE_LENGTH) {
      lines.push(this.#rest);
      this.#rest = "";
    }
    return lines.filter((line) => line !== "");
  }

  /** What was written without an end of line. */
  flush(): readonly string[] {
    const rest = this.#rest;
    this.#rest = "";
    return rest === "" ? [] : [rest];
  }
}
