import { NEXT_PATH } from "../src/protocol/paths.ts";
import { parseRuntimeRoute } from "../src/protocol/routes.ts";

/** One invocation as the platform sees it, in ms of `performance.now()`. */
export interface Exchange {
  readonly givenAt: number;
  /** The whole response had come in. */
  readonly answeredAt: number;
}

export interface Plan {
  readonly event: Uint8Array;
  readonly invocations: number;
  /** Throws for an answer that isn't right: a wrong one must not count as a fast one. */
  readonly check: (body: string) => void;
  /** Awaited before the event of this index, from 0, is handed out. */
  readonly before?: (index: number) => Promise<void> | void;
}

/** The invocations of one or more environments that were started together. */
export class Session {
  readonly exchanges: Exchange[] = [];
  readonly firstNext: Promise<number>;
  /** All are answered, and the runtime has asked for the next. */
  readonly finished: Promise<void>;
  readonly plan: Plan;
  readonly #given = new Map<string, number>();
  readonly #firstNext = Promise.withResolvers<number>();
  readonly #finished = Promise.withResolvers<void>();
  #handedOut = 0;
  #waiting = false;
  #checked = false;

  constructor(plan: Plan) {
    this.plan = plan;
    this.firstNext = this.#firstNext.promise;
    this.finished = this.#finished.promise;
    // Whoever awaits one of them first hears of the failure.
    this.finished.catch(() => undefined);
    this.firstNext.catch(() => undefined);
  }

  fail(error: Error): void {
    this.#firstNext.reject(error);
    this.#finished.reject(error);
  }

  async next(at: number): Promise<Response> {
    this.#firstNext.resolve(at);
    const index = this.#handedOut;
    if (index === this.plan.invocations) {
      this.#waiting = true;
      this.#finishIfDone();
      // Held until the process is ended.
      return new Promise(() => undefined);
    }
    this.#handedOut += 1;
    await this.plan.before?.(index);
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    const response = new Response(this.plan.event.slice(), {
      headers: {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": id,
        "lambda-runtime-deadline-ms": String(Date.now() + 300_000),
        "lambda-runtime-invoked-function-arn": "arn:aws:lambda:us-east-1:123456789012:function:bench",
        "lambda-runtime-trace-id": "Root=1-5e1b4151-5ac6c58f5b5daa8e1c0d9f0e",
      },
    });
    this.#given.set(id, performance.now());
    return response;
  }

  async response(id: string, request: Request): Promise<Response> {
    const body = await request.arrayBuffer();
    const answeredAt = performance.now();
    const givenAt = this.#given.get(id);
    if (givenAt === undefined) return new Response("no such invocation", { status: 400 });
    this.#given.delete(id);
    this.exchanges.push({ givenAt, answeredAt });
    if (!this.#checked) {
      this.#checked = true;
      try {
        this.plan.check(new TextDecoder().decode(body));
      } catch (error) {
        this.fail(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.#finishIfDone();
    return Response.json({ status: "OK" }, { status: 202 });
  }

  /** A runtime with several at a time can have asked for the next before the last was answered. */
  #finishIfDone(): void {
    if (this.#waiting && this.exchanges.length === this.plan.invocations) this.#finished.resolve();
  }
}

/** The Runtime API for one session at a time, in this process. */
export class RuntimeApi {
  #session: Session | undefined;
  readonly #server: ReturnType<typeof Bun.serve>;

  constructor() {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 0,
      fetch: (request) => this.#answer(request),
      error: (error) => {
        this.#session?.fail(error);
        return new Response(undefined, { status: 500 });
      },
    });
  }

  /** `host:port` */
  get address(): string {
    return `127.0.0.1:${this.#server.port}`;
  }

  open(plan: Plan): Session {
    this.#session = new Session(plan);
    return this.#session;
  }

  async stop(): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const at = performance.now();
    const path = request.url.slice(request.url.indexOf("/", "http://".length));
    // The SDK workload's table.
    if (request.headers.has("x-amz-target")) return tableItem();
    const session = this.#session;
    if (session === undefined) return new Response(undefined, { status: 500 });
    if (request.method === "GET" && path === NEXT_PATH) return session.next(at);
    const route = parseRuntimeRoute(request.method, path);
    if (route.kind === "response") return session.response(route.requestId, request);
    session.fail(new Error(`${request.method} ${path} came with ${await request.text()}`));
    return Response.json({ status: "OK" }, { status: 202 });
  }
}

/** What DynamoDB says to GetItem. */
function tableItem(): Response {
  return Response.json(
    { Item: { id: { S: "42" }, total: { N: "12.5" } } },
    { headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "BENCH" } },
  );
}
