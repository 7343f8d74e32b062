/**
 * `awslambda`, the global object of AWS's Node.js runtime, for handlers written for it. What is costly of it is loaded
 * with the first such handler (streamed-handler.ts). Its types are those of `@types/aws-lambda`.
 */

/** AWS's own marks, so that what wraps handlers finds them. */
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const HIGH_WATER_MARK = Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark");

const awslambda = {
  streamifyResponse(handler: object, options?: { readonly highWaterMark?: unknown }): object {
    if (typeof handler !== "function") throw new TypeError("awslambda.streamifyResponse takes a function");
    Reflect.set(handler, STREAMING, "response");
    const highWaterMark = Number(options?.highWaterMark);
    if (highWaterMark > 0) Reflect.set(handler, HIGH_WATER_MARK, highWaterMark);
    return handler;
  },
  HttpResponseStream: {
    /** Makes status, headers and cookies go ahead of the first byte. Returns the same stream. */
    from(stream: object, prelude: object): object {
      const setPrelude: unknown = Reflect.get(stream, "setPrelude");
      if (typeof setPrelude !== "function") {
        throw new TypeError("awslambda.HttpResponseStream.from takes the stream that the handler was called with");
      }
      Reflect.apply(setPrelude, stream, [prelude]);
      return stream;
    },
  },
};

export function provideAwsLambda(): void {
  Reflect.set(globalThis, "awslambda", awslambda);
}

export function isStreamified(handler: object): boolean {
  return Reflect.get(handler, STREAMING) === "response";
}

/** Bytes that the stream takes ahead of its reader; `undefined` for the usual. */
export function highWaterMarkOf(handler: object): number | undefined {
  const given: unknown = Reflect.get(handler, HIGH_WATER_MARK);
  return typeof given === "number" ? given : undefined;
}
