import { StringDecoder } from "node:string_decoder";
import { LOG_TAIL_BYTES } from "../protocol/limits.ts";

/** One line of a function's log, as CloudWatch would hold it: one event. */
export interface LogEvent {
  /** `platform` for START, END, REPORT and their kin; `function` for what the process wrote to stdout or stderr. */
  readonly source: "platform" | "function";
  readonly functionName: string;
  /** Empty for what a front has to say: it stands before the environments. */
  readonly environmentId: string;
  /** Absent during init, and when several invocations were in flight in one environment. */
  readonly requestId?: string;
  /** Without the newline. */
  readonly line: string;
}

export type LogSink = (event: LogEvent) => void;

/** CloudWatch cuts an event here. */
const MAX_LINE_CHARACTERS = 262_144;

/** Cuts a byte stream into lines, across chunk and character boundaries. */
export class LogLines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: (line: string) => void;
  #partial = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Uint8Array): void {
    this.#take(this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
  }

  /** Hands over an unfinished last line, if there is one. */
  flush(): void {
    this.#take(this.#decoder.end());
    if (this.#partial !== "") this.#onLine(this.#partial);
    this.#partial = "";
  }

  #take(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line);
    while (this.#partial.length > MAX_LINE_CHARACTERS) {
      this.#onLine(this.#partial.slice(0, MAX_LINE_CHARACTERS));
      this.#partial = this.#partial.slice(MAX_LINE_CHARACTERS);
    }
  }
}

/** Keeps the last 4 KiB of one invocation's log: what `LogType: Tail` returns. */
export class LogTail {
  #lines: Buffer[] = [];
  #bytes = 0;

  add(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    this.#lines.push(bytes);
    this.#bytes += bytes.length;
    let oldest = this.#lines[0];
    while (oldest !== undefined && this.#bytes - oldest.length >= LOG_TAIL_BYTES) {
      this.#lines.shift();
      this.#bytes -= oldest.length;
      oldest = this.#lines[0];
    }
  }

  bytes(): Buffer {
    return Buffer.concat(this.#lines).subarray(-LOG_TAIL_BYTES);
  }
}
