import { currentContext, ok } from "mayfly";
import { lambdaEvent } from "mayfly/http";

interface Environment {
  readonly AWS_REGION: string;
  readonly lambdaContext: { readonly awsRequestId: string };
}

interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

const text = (body: string): Uint8Array => new TextEncoder().encode(body);

class PaymentFailed extends Error {}

/** Chunks, each behind a turn of the event loop; says when nobody wants more. */
function stream(chunks: Iterable<string | Error>): ReadableStream<Uint8Array> {
  const source = chunks[Symbol.iterator]();
  let sent = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const { done, value } = source.next();
      if (done) controller.close();
      else if (typeof value === "string") controller.enqueue(text(value));
      else controller.error(value);
      sent += 1;
    },
    cancel: () => console.log(`cancelled after ${sent} chunks`),
  });
}

function* endless(): Generator<string> {
  for (let count = 0; ; count++) yield `data: ${count} ${"x".repeat(65_536)}\n\n`;
}

let doneBehindStream = false;

const routes: Readonly<Record<string, (request: Request, environment: Environment, execution: Execution) => unknown>> =
  {
    "/echo": async (request) =>
      Response.json({
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        body: Buffer.from(await request.arrayBuffer()).toString("latin1"),
      }),
    "/invocation": (request, environment) => {
      const event = lambdaEvent(request);
      const context = event !== undefined && "requestContext" in event ? event.requestContext : undefined;
      return Response.json({
        region: environment.AWS_REGION,
        requestId: environment.lambdaContext.awsRequestId,
        same: currentContext()?.awsRequestId,
        context,
        copied: lambdaEvent(new Request(request)) === event,
      });
    },
    "/throw": () => {
      throw new PaymentFailed("card 4111 refused");
    },
    "/nothing": () => undefined,
    "/read": async () => {
      const response = new Response("once");
      await response.text();
      return response;
    },
    "/broken-body": () => new Response(stream(["half", new PaymentFailed("midway")])),
    "/large": (request) => new Response("x".repeat(Number(new URL(request.url).searchParams.get("size")))),
    "/cookies": () =>
      new Response("", {
        headers: [
          ["set-cookie", "a=1"],
          ["set-cookie", "b=2; Secure"],
        ],
      }),
    "/header": (request) =>
      new Response("", { headers: { "x-value": new URL(request.url).searchParams.get("value") ?? "" } }),
    "/redirect": (request) => Response.redirect(new URL("/echo", request.url).href, 303),
    "/empty": () => new Response(null, { status: 204 }),
    "/later": (_request, _environment, { waitUntil }) => {
      waitUntil(new Promise((resolve) => setTimeout(resolve, 50)).then(() => console.log("done later")));
      waitUntil(Promise.reject(new PaymentFailed("later")));
      return new Response("at once");
    },
    "/later-in-stream": (_request, _environment, { waitUntil }) =>
      new Response(
        stream(
          (function* () {
            yield "first";
            waitUntil(new Promise((resolve) => setTimeout(resolve, 50)).then(() => (doneBehindStream = true)));
          })(),
        ),
      ),
    "/done-behind-stream": () => new Response(String(doneBehindStream)),
    "/signal": async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return new Response(String(signal.aborted));
    },
    "/deadline": async (request) => {
      await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      const reason: unknown = request.signal.reason;
      return new Response(reason instanceof Error ? reason.name : "", { status: 503 });
    },
    "/stream": () => new Response(stream(["first", "second"]), { status: 201, headers: { "x-kind": "stream" } }),
    "/endless": (request) => {
      request.signal.addEventListener("abort", () => console.log("signal aborted"));
      return new Response(stream(endless()), { headers: { "content-type": "text/event-stream" } });
    },
  };

export default {
  fetch(request: Request, environment: Environment, execution: Execution): unknown {
    const route = routes[new URL(request.url).pathname];
    return route === undefined
      ? new Response("no such route", { status: 404 })
      : route(request, environment, execution);
  },
};

/** As GraphQL Yoga and what else is made with `@whatwg-node/server`: to be called by several platforms in their ways. */
const answerAnything = (...given: readonly unknown[]): Response =>
  new Response(given[0] instanceof Request ? `fetched ${new URL(given[0].url).pathname}` : "called with an event");
export const functionApp: typeof answerAnything = new Proxy(answerAnything, {
  get: (target, key): unknown => (key === "fetch" ? target : Reflect.get(target, key)),
});

export const respond = (event: { readonly rawPath?: string }): unknown =>
  ok(new Response(`you asked for ${event.rawPath}`));

export const proxyResult = (): unknown => ({
  statusCode: 418,
  headers: { "x-a": "b" },
  body: "AAE=",
  isBase64Encoded: true,
});

export const brokenResult = (): unknown => ({
  statusCode: 200,
  headers: { "x-a": "1\r\nset-cookie: admin=1" },
  body: "",
});
