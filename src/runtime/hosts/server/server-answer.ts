import type { ReceivedHead, ResponseReceiver } from "../../api/http1.ts";

/** Of a body that nobody reads, so much is taken in before its server has to wait. */
const MAX_AHEAD_BYTES = 256 * 1024;

/** No `Response` with one of these may be given a body, not even an empty one. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** A body that arrives piece by piece and may never end, which is what having a URL says: only answers from servers do. */
class ServerResponse extends Response {
  override get url(): string {
    return "http://127.0.0.1/";
  }
}

interface Wishes {
  readonly bodiless: boolean;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
  /** Whether more of the body is wanted by now. */
  readonly setReading: (reading: boolean) => void;
  /** Nobody reads the body any more. */
  readonly cancelled: () => void;
}

/** Makes a `Response` of an answer as it comes: with its body in memory if it is all there at once, else with a stream. */
export class ServerAnswer implements ResponseReceiver {
  readonly #wishes: Wishes;
  #head: ReceivedHead | undefined;
  #pieces: Uint8Array[] = [];
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;
  #reading = true;

  constructor(wishes: Wishes) {
    this.#wishes = wishes;
  }

  get bodiless(): boolean {
    return this.#wishes.bodiless;
  }

  decode(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  }

  head(head: ReceivedHead): void {
    this.#head = head;
  }

  piece(bytes: Uint8Array): void {
    if (this.#body === undefined) {
      this.#pieces.push(bytes);
      return;
    }
    this.#body.enqueue(bytes);
    if ((this.#body.desiredSize ?? 0) <= 0) this.#setReading(false);
  }

  /** What has arrived so far is not all: hands out the response if its head is in. */
  begin(): void {
    if (this.#head === undefined || this.#body !== undefined) return;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#body = controller;
          for (const piece of this.#pieces) controller.enqueue(piece);
        },
        pull: () => this.#setReading(true),
        cancel: () => this.#wishes.cancelled(),
      },
      { highWaterMark: MAX_AHEAD_BYTES, size: (piece) => piece?.length ?? 0 },
    );
    this.#pieces = [];
    this.#give(this.#head, (init) => new ServerResponse(WITHOUT_BODY.has(init.status) ? null : stream, init));
  }

  complete(): void {
    // The connection's next answer is wanted, however much of this one is still to be read.
    this.#setReading(true);
    if (this.#body !== undefined) {
      this.#body.close();
      return;
    }
    if (this.#head === undefined) return;
    const body = this.#pieces.length === 0 ? null : Buffer.concat(this.#pieces);
    this.#give(this.#head, (init) => new Response(WITHOUT_BODY.has(init.status) ? null : body, init));
  }

  fail(error: unknown): void {
    if (this.#body === undefined) this.#wishes.reject(error);
    else this.#body.error(error);
  }

  #give({ status, fields }: ReceivedHead, make: (init: { status: number; headers: Headers }) => Response): void {
    try {
      const headers = new Headers();
      for (const [name, value] of fields) headers.append(name, value);
      this.#wishes.resolve(make({ status, headers }));
    } catch (error) {
      // A status or a header that no `Response` can have.
      this.#wishes.reject(error);
    }
  }

  #setReading(reading: boolean): void {
    if (reading === this.#reading) return;
    this.#reading = reading;
    this.#wishes.setReading(reading);
  }
}
