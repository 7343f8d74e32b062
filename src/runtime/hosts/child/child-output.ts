import type { LogLevel } from "../../log/log-entry.ts";
import { LineSplitter } from "./line-splitter.ts";

const MAX_LAST_WORDS = 20;
/** Turns of the event loop that are spent on output before an answer, at most: it may never stop. */
const MAX_TURNS = 50;

/**
 * Standard output and standard error of a child: all that a server prints; of a BEAM, what does not come through its
 * logger or Erlang's I/O protocol.
 */
export class ChildOutput {
  readonly #log: (level: LogLevel, line: string) => void;
  readonly #lines = { stdout: new LineSplitter(), stderr: new LineSplitter() };
  readonly #lastWords: string[] = [];
  #chunks = 0;

  constructor(log: (level: LogLevel, line: string) => void) {
    this.#log = log;
  }

  receive(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    this.#chunks++;
    this.#print(stream, this.#lines[stream].push(bytes));
  }

  /**
   * What was printed before an answer lies in other pipes than the answer, and a frozen process logs nothing: returns
   * once nothing more is there.
   */
  async drained(): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const before = this.#chunks;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#chunks === before) return;
    }
  }

  /** Logs what has no end of line yet. */
  flush(): void {
    for (const stream of ["stdout", "stderr"] as const) this.#print(stream, this.#lines[stream].flush());
  }

  get lastWords(): readonly string[] {
    return this.#lastWords;
  }

  #print(stream: "stdout" | "stderr", lines: readonly string[]): void {
    for (const line of lines) {
      this.#log(stream === "stdout" ? "info" : "error", line);
      if (this.#lastWords.push(line) > MAX_LAST_WORDS) this.#lastWords.shift();
    }
  }
}
