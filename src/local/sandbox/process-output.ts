import type { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { LogLines } from "../log.ts";

/** How long a stranger may hold the output pipes open after the processes have ended. */
const PIPE_GRACE_MS = 250;

const MAX_TURNS = 100;

/** What a process writes to its output pipes, read as lines. */
export class ProcessOutput {
  readonly #splitters: LogLines[] = [];
  readonly #closed: Promise<void>[] = [];
  /** Read so far. */
  #chunks = 0;

  constructor(streams: readonly Readable[], onLine: (line: string) => void) {
    for (const stream of streams) this.#read(stream, new LogLines(onLine));
  }

  /** Resolves when everything that was written before this call has become log lines, an unfinished last one too. */
  async readSoFar(): Promise<void> {
    // What the pipes held is delivered within one turn of the event loop; a turn without output says they are empty.
    // The second one is for engines that run immediates before they poll.
    let quiet = 0;
    // A process that never stops writing must not keep us reading for ever.
    for (let turn = 0; turn < MAX_TURNS && quiet < 2; turn++) {
      const before = this.#chunks;
      await nextTurn();
      quiet = this.#chunks === before ? quiet + 1 : 0;
    }
    for (const splitter of this.#splitters) splitter.flush();
  }

  /** For when the processes have ended. */
  async readToEnd(): Promise<void> {
    await Promise.race([
      Promise.all(this.#closed),
      new Promise((resolve) => {
        setTimeout(resolve, PIPE_GRACE_MS).unref();
      }),
    ]);
  }

  #read(stream: Readable, splitter: LogLines): void {
    this.#splitters.push(splitter);
    stream.on("data", (chunk: Buffer) => {
      this.#chunks += 1;
      splitter.write(chunk);
    });
    this.#closed.push(
      new Promise((resolve) => {
        stream.once("close", () => {
          splitter.flush();
          resolve();
        });
      }),
    );
  }
}
