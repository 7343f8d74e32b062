import { raceAgainst } from "../race.ts";

/** As much is gathered before it is sent: above it a system call's share of the cost no longer matters. */
const ENOUGH_BYTES = 64 * 1024;
/** Before the gathered bytes there is room for a size in hexadecimal and a line end, behind them for a line end. */
const HEAD_BYTES = 7;
const LINE_END_BYTES = 2;

/** What a wait is over with when the turn is. */
export const TURN_OVER: unique symbol = Symbol("turn over");

const encoder = new TextEncoder();

/**
 * Writes a body of unknown length in HTTP/1.1's chunked coding. The first piece of a turn of the event loop is sent at
 * once; what else comes in the same turn is gathered until that is over, or enough: a chunk and a system call for each
 * piece cost more than the pieces. Each byte is copied once, before its source is asked again, which may reuse its buffer.
 */
export class ChunkedBody {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  /** For all gatherings: the last one is with the kernel before the next begins. */
  #buffer: Uint8Array | undefined;
  #gathered = 0;
  /** Set from the first piece of a turn to the turn's end. */
  #unlessTurnOver: (<Short>(short: Promise<Short>) => Promise<Short | typeof TURN_OVER>) | undefined;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** Whether pieces were gathered that wait for `flush`. */
  get holds(): boolean {
    return this.#gathered > 0;
  }

  /** What the next piece is waited for with: as long as this holds any, to the end of the turn at most. */
  orTurnOver<Step>(step: Promise<Step>): Promise<Step | typeof TURN_OVER> {
    return this.#unlessTurnOver === undefined || !this.holds ? step : this.#unlessTurnOver(step);
  }

  /** Where a promise is returned, nothing may be added before it has resolved: the kernel has taken the bytes then. */
  add(piece: Uint8Array): Promise<unknown> | undefined {
    // An empty chunk would end the body.
    if (piece.length === 0) return undefined;
    if (this.#unlessTurnOver === undefined) {
      const turnOver = new Promise<typeof TURN_OVER>((resolve) => {
        setImmediate(() => {
          this.#unlessTurnOver = undefined;
          resolve(TURN_OVER);
        });
      });
      this.#unlessTurnOver = raceAgainst(turnOver);
      return this.#send(piece);
    }
    if (piece.length > ENOUGH_BYTES) return this.#send(piece);
    this.#buffer ??= new Uint8Array(HEAD_BYTES + 2 * ENOUGH_BYTES + LINE_END_BYTES);
    this.#buffer.set(piece, HEAD_BYTES + this.#gathered);
    this.#gathered += piece.length;
    return this.#gathered >= ENOUGH_BYTES ? this.flush() : undefined;
  }

  /** Sends a piece by itself, behind what was gathered before it: the turn may have ended as the piece came. */
  #send(piece: Uint8Array): Promise<unknown> {
    return Promise.all([this.flush(), this.#write(frame(piece))]);
  }

  /** Sends what was gathered. */
  async flush(): Promise<void> {
    const size = this.#gathered;
    if (this.#buffer === undefined || size === 0) return;
    this.#gathered = 0;
    const head = encoder.encode(`${size.toString(16)}\r\n`);
    const start = HEAD_BYTES - head.length;
    const end = HEAD_BYTES + size;
    this.#buffer.set(head, start);
    this.#buffer[end] = 0x0d;
    this.#buffer[end + 1] = 0x0a;
    await this.#write(this.#buffer.subarray(start, end + LINE_END_BYTES));
  }

  /** Sends what was gathered and the end of the body with `trailers`, each of which has its line end. */
  async end(trailers: string): Promise<void> {
    await Promise.all([this.flush(), this.#write(encoder.encode(`0\r\n${trailers}\r\n`))]);
  }
}

function frame(piece: Uint8Array): Uint8Array {
  const size = encoder.encode(`${piece.length.toString(16)}\r\n`);
  const framed = new Uint8Array(size.length + piece.length + LINE_END_BYTES);
  framed.set(size);
  framed.set(piece, size.length);
  framed[framed.length - 2] = 0x0d;
  framed[framed.length - 1] = 0x0a;
  return framed;
}
