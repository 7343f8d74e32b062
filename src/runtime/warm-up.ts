import { RuntimeApiClient } from "./api/api-client.ts";
import { clearContext } from "./context.ts";
import type { Engine } from "./engine/engine.ts";
import { serveFunction } from "./hosts/typescript/typescript.ts";
import { InFlight } from "./in-flight.ts";
import { runLoop } from "./loop.ts";
import { silentEvents } from "./runtime-events.ts";

const EVENT = '{"mayfly":"rehearsal","list":[1,2.5,"three",null,true],"nested":{"key":"value"}}';
const HEADERS =
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" +
  "lambda-runtime-aws-request-id: 00000000-0000-0000-0000-000000000000\r\nlambda-runtime-deadline-ms: 9999999999999\r\n" +
  "lambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:000000000000:function:rehearsal\r\n" +
  "lambda-runtime-trace-id: Root=1-00000000-000000000000000000000000\r\n";
const ACCEPTED = 'HTTP/1.1 202 Accepted\r\ncontent-length: 16\r\n\r\n{"status":"OK"}\n';
const OVER = "HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n";

const SETTINGS = { streams: false, shared: false, verbose: false, packages: { external: [], installed: [] } };
const echo = (event: unknown): unknown => event;

/**
 * Serves one invocation that never leaves the process, so that the first real one finds parse, dispatch, serialise
 * and post already run. At 128 MB, with a fourteenth of a core, code that runs for the first time is what hurts.
 * Nothing of it can be seen: no user code, no log, no context, no environment variable, no socket.
 */
export async function warmUp(engine: Engine): Promise<void> {
  const encoder = new TextEncoder();
  const answers = [`${HEADERS}content-length: ${EVENT.length}\r\n\r\n${EVENT}`, ACCEPTED, OVER];
  const rehearsal: Engine = {
    ...engine,
    connect: (_host, _port, events) =>
      Promise.resolve({
        write: () => {
          const answer = answers.shift();
          if (answer !== undefined) queueMicrotask(() => events.data(encoder.encode(answer)));
          return Promise.resolve();
        },
        close: () => undefined,
        setRef: () => undefined,
        setReading: () => undefined,
      }),
  };
  await runLoop({
    api: new RuntimeApiClient(rehearsal, { host: "rehearsal", port: 0, authority: "rehearsal", prefix: "" }),
    host: {
      elsewhere: false,
      start: () => Promise.resolve({ kind: "ready" }),
      invoke: serveFunction({ call: echo, written: echo }, SETTINGS),
    },
    inFlight: new InFlight(),
    events: silentEvents,
    environment: {},
    trace: () => undefined,
    served: () => undefined,
  });
  clearContext();
}
