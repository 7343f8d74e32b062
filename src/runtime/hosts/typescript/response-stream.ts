import { Writable } from "node:stream";
import { formatPrelude } from "../../../http/prelude.ts";
import { HTTP_INTEGRATION_CONTENT_TYPE } from "../../../protocol/headers.ts";

interface Piece {
  /** `undefined` at the end. */
  readonly bytes: Uint8Array | undefined;
  readonly taken: () => void;
}

interface Reader {
  readonly resolve: (piece: Piece) => void;
  readonly reject: (reason: unknown) => void;
}

type Written = (error: Error | null | undefined) => void;

/** What a handler for AWS's Node.js runtime writes its response to. It takes no more than is read on the other side. */
export class ResponseStream extends Writable {
  contentType = "application/octet-stream";
  #prelude: Uint8Array | undefined;
  #piece: Piece | undefined;
  #reader: Reader | undefined;
  #broken: Error | undefined;

  constructor(highWaterMark: number | undefined) {
    super(highWaterMark === undefined ? {} : { highWaterMark });
    // The reader is told; without a listener the process would be too.
    this.on("error", () => undefined);
  }

  /** Before the first byte: later it has gone already. */
  setContentType(contentType: string): void {
    this.contentType = contentType;
  }

  /** Called by `awslambda.HttpResponseStream.from`. */
  setPrelude(prelude: object): void {
    this.contentType = HTTP_INTEGRATION_CONTENT_TYPE;
    this.#prelude = formatPrelude(prelude);
  }

  /** Values that are neither text nor bytes are sent as JSON. */
  override write(chunk: unknown, encoding?: BufferEncoding | Written, written?: Written): boolean {
    const sent: unknown = typeof chunk === "string" || ArrayBuffer.isView(chunk) ? chunk : JSON.stringify(chunk);
    return typeof encoding === "string" ? super.write(sent, encoding, written) : super.write(sent, encoding ?? written);
  }

  override _write(chunk: Uint8Array, _encoding: string, taken: () => void): void {
    const prelude = this.#takePrelude();
    this.#offer({ bytes: prelude === undefined ? chunk : Buffer.concat([prelude, chunk]), taken });
  }

  override _final(taken: () => void): void {
    const prelude = this.#takePrelude();
    const end = (): void => this.#offer({ bytes: undefined, taken });
    if (prelude === undefined) end();
    else this.#offer({ bytes: prelude, taken: end });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#broken = error ?? new Error("The response stream was destroyed before its end");
    this.#reader?.reject(this.#broken);
    done(error);
  }

  /** One at a time. Rejects when the stream was destroyed before its end. */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const { bytes, taken } = await this.#nextPiece();
    taken();
    return bytes === undefined ? { done: true, value: undefined } : { done: false, value: bytes };
  }

  async #nextPiece(): Promise<Piece> {
    const piece = this.#piece;
    if (piece !== undefined) {
      this.#piece = undefined;
      return piece;
    }
    if (this.#broken !== undefined) throw this.#broken;
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  #offer(piece: Piece): void {
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) this.#piece = piece;
    else reader.resolve(piece);
  }

  #takePrelude(): Uint8Array | undefined {
    const prelude = this.#prelude;
    this.#prelude = undefined;
    return prelude;
  }
}
