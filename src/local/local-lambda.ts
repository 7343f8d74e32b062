import { randomUUID } from "node:crypto";
import { Fault } from "../fault.ts";
import type { CognitoIdentity } from "../protocol/invocation.ts";
import { MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES } from "../protocol/limits.ts";
import { Catalog, type RunnableFunction } from "./catalog.ts";
import { EnvironmentPool } from "./environments/environment-pool.ts";
import { httpFront } from "./front/front.ts";
import type { FrontKind } from "../http/front/front-kind.ts";
import { responseTooLarge } from "./function-errors.ts";
import { resolveFunction, type LocalFunction } from "./function-settings.ts";
import { Invocation } from "./invocation.ts";
import { invokeApi } from "./invoke-api/invoke-api.ts";
import { newTraceId } from "./trace-id.ts";
import type { LogSink } from "./log.ts";
import { listenOnLoopback, type LoopbackServer } from "./server/loopback-server.ts";
import { PackageStore } from "./package/package-store.ts";
import { EventQueue } from "./queue.ts";
import { BufferedSink } from "./response-sinks.ts";
import { DEFAULT_ACCOUNT, type LocalAccount, type LocalCredentials } from "./account.ts";

export interface LocalLambdaOptions {
  /** By name. */
  readonly functions: Readonly<Record<string, LocalFunction>>;
  /** Of the Invoke API. Default 0: any free one. */
  readonly port?: number;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Twelve digits. Default `123456789012`. */
  readonly accountId?: string;
  /** What functions find in their environment. Default: well-formed ones that open nothing. */
  readonly credentials?: LocalCredentials;
  /** Before each retry of a failed asynchronous event. Default 1,000 and 2,000 (on Lambda 1 and 2 minutes). */
  readonly retryDelaysMs?: readonly number[];
  /** Kill what outgrows the function's memory. Default true. */
  readonly enforceMemory?: boolean;
  /** Stop processes between invocations, as Lambda does. Default true. */
  readonly freeze?: boolean;
  readonly onLog?: LogSink;
}

export interface ServeOptions {
  /** Default `function-url`. */
  readonly front?: FrontKind;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Media types that a REST API (`api-gateway-v1`) takes and gives as bytes. Default none, as on AWS. */
  readonly binaryMediaTypes?: readonly string[];
}

export interface LocalInvokeOptions {
  readonly clientContext?: unknown;
  readonly identity?: CognitoIdentity;
  readonly tenantId?: string;
  readonly traceId?: string;
  /** A version or alias; only the ARN that the function sees changes. */
  readonly qualifier?: string;
}

export interface LocalInvokeResult {
  readonly requestId: string;
  /** True: `payload` is an error document. */
  readonly functionError: boolean;
  readonly contentType: string;
  readonly payload: Buffer;
}

const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [1_000, 2_000];

/** Lambda on this machine: functions in execution environments, behind the Invoke API. */
export class LocalLambda {
  /** Of the Invoke API: the `endpoint` of an AWS SDK client. */
  readonly url: string;
  readonly #servers: LoopbackServer[];
  readonly #account: LocalAccount;
  readonly #onLog: LogSink;
  readonly #catalog: Catalog;
  readonly #functions: ReadonlyMap<string, RunnableFunction>;
  readonly #queue: EventQueue;
  readonly #store: PackageStore;

  /** @throws Fault for a package or setting that Lambda would refuse, or a port in use */
  static async start(options: LocalLambdaOptions): Promise<LocalLambda> {
    const settings = Object.entries(options.functions).map(
      ([name, input]) => [resolveFunction(name, input), input] as const,
    );
    const account = {
      region: options.region ?? DEFAULT_ACCOUNT.region,
      accountId: options.accountId ?? DEFAULT_ACCOUNT.accountId,
      credentials: options.credentials ?? DEFAULT_ACCOUNT.credentials,
    };
    const store = new PackageStore();
    try {
      const functions = new Map<string, RunnableFunction>();
      for (const [one, input] of settings) {
        const environments = new EnvironmentPool({
          settings: one,
          account,
          store,
          taskRoot: await store.unpack(one.name, input.package),
          enforceMemory: options.enforceMemory ?? true,
          freeze: options.freeze ?? true,
          onLog: options.onLog ?? (() => {}),
        });
        functions.set(one.name, { settings: one, environments });
      }
      const catalog = new Catalog(functions, account);
      const queue = new EventQueue(options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS);
      const server = await listenOnLoopback(options.port ?? 0, invokeApi(catalog, queue));
      return new LocalLambda(server, catalog, functions, queue, store, account, options.onLog ?? (() => {}));
    } catch (error) {
      store.remove();
      throw error;
    }
  }

  private constructor(
    server: LoopbackServer,
    catalog: Catalog,
    functions: ReadonlyMap<string, RunnableFunction>,
    queue: EventQueue,
    store: PackageStore,
    account: LocalAccount,
    onLog: LogSink,
  ) {
    this.url = `http://127.0.0.1:${server.port}`;
    this.#servers = [server];
    this.#account = account;
    this.#onLog = onLog;
    this.#catalog = catalog;
    this.#functions = functions;
    this.#queue = queue;
    this.#store = store;
  }

  /**
   * One synchronous invocation, without HTTP on the caller's side. Resolves when the log is complete too.
   * @param functionName as for the Invoke API: a name or ARN; `function` or `_` for the only one.
   * @throws Fault MAYFLY_UNKNOWN_FUNCTION, MAYFLY_EVENT_TOO_LARGE, MAYFLY_TOO_MANY_REQUESTS, MAYFLY_LOCAL_LAMBDA
   */
  async invoke(
    functionName: string,
    payload: Uint8Array,
    options: LocalInvokeOptions = {},
  ): Promise<LocalInvokeResult> {
    const { target, arn } = this.#find(functionName, options.qualifier);
    if (payload.length > MAX_REQUEST_BYTES) throw eventTooLarge(payload.length);
    const { qualifier: _qualifier, ...metadata } = options;
    const sink = new BufferedSink();
    const { settings, environments } = target;
    const invocation = new Invocation(
      {
        requestId: randomUUID(),
        functionName: settings.name,
        invokedFunctionArn: arn,
        traceId: newTraceId(),
        payload,
        ...metadata,
      },
      sink,
    );
    if (!(await environments.admit(invocation, false))) throw tooManyRequests(settings.environments);
    const outcome = await invocation.answered;
    await invocation.finished;
    const { requestId } = invocation.request;
    switch (outcome.kind) {
      case "unavailable":
        throw new Fault("MAYFLY_LOCAL_LAMBDA", outcome.message);
      case "failure":
        return functionError(requestId, outcome.failure.body);
      case "success":
        if (sink.tooLarge) return functionError(requestId, responseTooLarge(MAX_RESPONSE_BYTES).body);
        return { requestId, functionError: false, contentType: outcome.contentType, payload: sink.bytes() };
    }
  }

  /**
   * Serves a function over HTTP on 127.0.0.1, as one of Lambda's fronts does, until `stop`.
   * @param functionName as for `invoke`
   * @returns its URL, with a slash at the end
   * @throws Fault MAYFLY_UNKNOWN_FUNCTION, MAYFLY_PORT_IN_USE
   */
  async serve(functionName: string, options: ServeOptions = {}): Promise<string> {
    const { target, arn } = this.#find(functionName, undefined);
    const kind = options.front ?? "function-url";
    const { name } = target.settings;
    const front = httpFront({
      ...this.#account,
      kind,
      target,
      arn,
      binaryMediaTypes: options.binaryMediaTypes ?? [],
      onProblem: (problem) =>
        this.#onLog({ source: "platform", functionName: name, environmentId: "", line: `${kind}: ${problem}` }),
    });
    const server = await listenOnLoopback(options.port ?? 0, front);
    this.#servers.push(server);
    return `http://127.0.0.1:${server.port}/`;
  }

  #find(functionName: string, qualifier: string | undefined): { target: RunnableFunction; arn: string } {
    const lookup = this.#catalog.find(functionName, qualifier);
    switch (lookup.kind) {
      case "found":
        return lookup;
      case "invalid":
        throw new Fault("MAYFLY_UNKNOWN_FUNCTION", lookup.problem);
      case "unknown":
        throw unknownFunction(functionName, lookup.existing);
    }
  }

  /** Resolves when no asynchronous event is waiting, running or due for a retry. */
  eventsDrained(): Promise<void> {
    return this.#queue.drained();
  }

  /** Answers what is in flight, ends all processes and deletes all files. */
  async stop(): Promise<void> {
    this.#queue.stop();
    await Promise.all([...this.#functions.values()].map((one) => one.environments.stop()));
    await this.#queue.drained();
    await Promise.all(this.#servers.map((server) => server.close()));
    this.#store.remove();
  }
}

function functionError(requestId: string, payload: Buffer): LocalInvokeResult {
  return { requestId, functionError: true, contentType: "application/json", payload };
}

function unknownFunction(name: string, existing: readonly string[]): Fault {
  return new Fault("MAYFLY_UNKNOWN_FUNCTION", `There is no function "${name}".`, {
    hint: `There is: ${existing.join(", ") || "none"}.`,
  });
}

function eventTooLarge(bytes: number): Fault {
  return new Fault("MAYFLY_EVENT_TOO_LARGE", `The event has ${bytes} bytes; Lambda takes ${MAX_REQUEST_BYTES}.`, {
    hint: "Put what is large into S3 and send its address.",
  });
}

function tooManyRequests(environments: number): Fault {
  return new Fault("MAYFLY_TOO_MANY_REQUESTS", `All ${environments} environments of the function are busy.`, {
    hint: "Wait for an invocation to end, or allow more with the function's `environments`.",
  });
}
