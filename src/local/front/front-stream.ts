import type { ServerResponse } from "node:http";
import { PreludeReader } from "../../http/prelude.ts";
import type { HeaderList } from "../../http/http-event.ts";
import { FRONTS } from "../../http/front/front-kind.ts";
import { HTTP_INTEGRATION_CONTENT_TYPE } from "../../protocol/headers.ts";
import { RESPONSE_MODE_VARIABLE } from "../../protocol/program-settings.ts";
import { hasNoBody, sendWhole, startAnswer } from "./front-answer.ts";
import type { InvocationOutcome, StreamHead, ResponseSink } from "../invocation.ts";
import { writeAtPace } from "../response-sinks.ts";
import { messageOf } from "../../support/system-error.ts";

/** As a client sees `{"statusCode":200,…}`, one wonders why. */
const NOT_STREAMED =
  "The function returned its answer whole, and a streaming function URL passes that on as it is. " +
  "To stream responses, give it url: { stream: true } in mayfly.config.ts, or set its environment variable " +
  `${RESPONSE_MODE_VARIABLE} to stream.`;

/**
 * A function URL with `RESPONSE_STREAM`: status and headers are in the stream's prelude, and the body goes out as it
 * comes, at the caller's pace. Without a prelude the bytes are the body as they are, and the status is 200.
 */
export class FrontStream implements ResponseSink {
  readonly #response: ServerResponse;
  readonly #ownHeaders: HeaderList;
  #prelude: PreludeReader | undefined;
  /** Of a body without a prelude. */
  #contentType = "application/json";
  /** Status and headers are settled, whether they have gone or wait for the first byte. */
  #started = false;
  /** Why nothing of the answer can be sent. */
  #problem: string | undefined;
  #advice: string | undefined;

  /** `ownHeaders` are the front's, on whatever answer. */
  constructor(response: ServerResponse, ownHeaders: HeaderList) {
    this.#response = response;
    this.#ownHeaders = ownHeaders;
  }

  start(head: StreamHead): void {
    if (head.streamed && head.contentType === HTTP_INTEGRATION_CONTENT_TYPE) this.#prelude = new PreludeReader();
    else this.#contentType = head.contentType;
    if (!head.streamed) this.#advice = NOT_STREAMED;
  }

  async write(chunk: Buffer): Promise<void> {
    if (this.#problem !== undefined) return;
    if (this.#prelude === undefined) {
      if (!this.#started) this.#startPlain();
      return this.#writeBody(chunk);
    }
    const progress = this.#prelude.push(chunk);
    switch (progress.kind) {
      case "incomplete":
        return;
      case "malformed":
        this.#problem = progress.problem;
        return;
      case "complete": {
        this.#prelude = undefined;
        const { statusCode, headers, cookies } = progress.prelude;
        this.#startAnswer(statusCode, [
          ...Object.entries(headers),
          ...cookies.map((cookie) => ["set-cookie", cookie] as const),
        ]);
        return this.#writeBody(progress.rest);
      }
    }
  }

  /** Ends the answer. Returns what is to be said about what the function sent, if anything is. */
  finish(outcome: InvocationOutcome): string | undefined {
    const response = this.#response;
    if (outcome.kind === "success" && this.#prelude !== undefined) {
      this.#problem ??= "The stream ended before its HTTP prelude did.";
    }
    if (outcome.kind === "success" && this.#problem === undefined && !this.#started) this.#startPlain();
    if (outcome.kind === "success" && this.#problem === undefined) response.end();
    // A client that has got status 200 already can only be told by cutting the connection.
    else if (this.#started) response.destroy();
    else {
      const error = FRONTS["function-url-stream"].errors["function-failed"];
      sendWhole(response, { ...error, headers: [...error.headers, ...this.#ownHeaders] });
    }
    return this.#problem ?? this.#advice;
  }

  #startPlain(): void {
    this.#startAnswer(200, [["content-type", this.#contentType]]);
  }

  #startAnswer(status: number, headers: HeaderList): void {
    try {
      startAnswer(this.#response, status, [...headers, ...this.#ownHeaders]);
      this.#started = true;
      // The client sees that there is an answer before there is a body. (Node would write the bytes of other header
      // values as UTF-8 once more if they went ahead; they go with the first bytes of the body.)
      if (headers.every(([, value]) => /^[\t\x20-\x7e]*$/.test(value))) this.#response.flushHeaders();
    } catch (error) {
      this.#problem = messageOf(error);
    }
  }

  async #writeBody(bytes: Uint8Array): Promise<void> {
    if (this.#problem === undefined && !hasNoBody(this.#response)) await writeAtPace(this.#response, bytes);
  }
}
