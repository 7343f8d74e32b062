import { highWaterMarkOf } from "./awslambda-global.ts";
import { describeError } from "../../describe-error.ts";
import type { HandlerHost } from "../host.ts";
import { parseEvent } from "../parse-event.ts";
import { asError } from "../../thrown.ts";
import type { StreamedHandler } from "../exported.ts";
import { ResponseStream } from "./response-stream.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Runs a handler that `awslambda.streamifyResponse` has marked: it writes to a stream in place of returning. The
 * response ends when both the stream and the handler have.
 */
export function serveStreamed({ call, marked }: StreamedHandler): HandlerHost["invoke"] {
  return async (bytes, context) => {
    const parsed = parseEvent(bytes);
    if (parsed.kind === "failed") return parsed;
    const stream = new ResponseStream(highWaterMarkOf(marked));
    const handled = run();
    // Whoever reads the stream learns of it there.
    handled.catch((thrown: unknown) => {
      if (!stream.writableFinished) stream.destroy(asError(thrown));
    });
    try {
      const first = await next();
      return {
        kind: "stream",
        first: first.done === true ? NO_BYTES : first.value,
        source: {
          contentType: stream.contentType,
          next: first.done === true ? async () => first : next,
          cancel: (reason) => void stream.destroy(reason),
          describe: describeError,
        },
      };
    } catch (thrown) {
      return { kind: "failed", document: describeError(thrown), expected: false };
    }

    async function run(): Promise<void> {
      await call(parsed.kind === "event" ? parsed.event : undefined, stream, context);
    }

    async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
      const step = await stream.next();
      if (step.done === true) await handled;
      return step;
    }
  };
}
