import type { ByteSocket, Engine } from "../../engine/engine.ts";
import { ResponseParser } from "../../api/http1.ts";
import { asError } from "../../thrown.ts";
import { ServerAnswer } from "./server-answer.ts";

export interface ServerExchange {
  /** The request's bytes. */
  readonly parts: readonly Uint8Array[];
  /** The request is a HEAD. */
  readonly bodiless: boolean;
  /** Ends the exchange, and with it the connection, as long as the answer is not complete. */
  readonly signal: AbortSignal;
  /** Called once the connection can be used for another request. */
  readonly free: () => void;
}

interface Running {
  readonly parser: ResponseParser;
  readonly answer: ServerAnswer;
  readonly complete: (keepAlive: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** A connection to a server in this process: one request at a time, each sent once. */
export class ServerConnection {
  #socket: ByteSocket | undefined;
  #running: Running | undefined;

  static async open(engine: Engine, port: number): Promise<ServerConnection> {
    const connection = new ServerConnection();
    let gone = false;
    const socket = await engine.connect("127.0.0.1", port, {
      data: (bytes) => connection.#receive(bytes),
      closed: (error) => {
        gone = true;
        connection.#closed(error);
      },
    });
    if (!gone) connection.#socket = socket;
    return connection;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** Resolves once the head of the answer is in; the body follows. Rejects if none comes. */
  exchange({ parts, bodiless, signal, free }: ServerExchange): Promise<Response> {
    const socket = this.#socket;
    if (socket === undefined) return Promise.reject(new Error("The connection was closed as soon as it was made"));
    return new Promise((resolve, reject) => {
      const answer = new ServerAnswer({
        bodiless,
        resolve,
        reject,
        setReading: (reading) => socket.setReading(reading),
        cancelled: () => end(new Error("Nobody reads the answer any more")),
      });
      const end = (error: unknown): void => {
        this.#running = undefined;
        signal.removeEventListener("abort", abort);
        this.close();
        answer.fail(error);
      };
      const abort = (): void => end(signal.reason);
      let unsent = parts.length;
      const complete = (keepAlive: boolean): void => {
        this.#running = undefined;
        signal.removeEventListener("abort", abort);
        // A server may answer before it has read all, and read on or not.
        if (keepAlive && unsent === 0) free();
        else this.close();
        answer.complete();
      };
      if (signal.aborted) return abort();
      this.#running = { parser: new ResponseParser(answer), answer, complete, fail: end };
      signal.addEventListener("abort", abort);
      for (const part of parts) {
        socket.write(part).then(
          () => unsent--,
          // The connection is closing: `closed` tells what became of the request.
          () => undefined,
        );
      }
    });
  }

  #receive(bytes: Uint8Array): void {
    const running = this.#running;
    // What nobody asked for: nothing that follows on this connection could be trusted.
    if (running === undefined) return this.close();
    try {
      const whole = running.parser.push(bytes);
      if (whole === undefined) running.answer.begin();
      else running.complete(whole.keepAlive);
    } catch (error) {
      running.fail(asError(error));
    }
  }

  #closed(error: Error | undefined): void {
    this.#socket = undefined;
    const running = this.#running;
    if (running === undefined) return;
    if ("kind" in running.parser.end())
      running.fail(error ?? new Error("The connection was closed before the answer was complete"));
    else running.complete(false);
  }
}
