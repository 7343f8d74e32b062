import type { CognitoIdentity, InvocationMetadata } from "../protocol/invocation.ts";

/** What a handler knows about the invocation it serves. Names follow AWS's Node.js runtime. */
export interface Context {
  readonly awsRequestId: string;
  /** As the caller addressed the function, alias or version included. */
  readonly invokedFunctionArn: string;
  readonly functionName: string;
  readonly functionVersion: string;
  /** MB, a string as on AWS's Node.js runtime. */
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** X-Ray trace header of this invocation. */
  readonly xRayTraceId?: string;
  /** What a mobile SDK sent along, already parsed. */
  readonly clientContext?: unknown;
  readonly identity?: CognitoIdentity | undefined;
  /** For functions with tenant isolation. */
  readonly tenantId?: string | undefined;
  /** When Lambda ends this invocation. */
  readonly deadline: Date;
  /** Milliseconds until the deadline; negative once it has passed. */
  remainingTime(): number;
  /** The same, under its name on AWS's Node.js runtime. */
  getRemainingTimeInMillis(): number;
}

type Added = "deadline" | "remainingTime";

/** A context that may come from another runtime or a test, without what only Mayfly has. */
export type PlainContext = Omit<Context, Added> & Partial<Pick<Context, Added>>;

export function wholeContext(context: PlainContext): Context {
  if (isWhole(context)) return context;
  const remainingTime = (): number => context.getRemainingTimeInMillis();
  return { ...context, deadline: new Date(Date.now() + remainingTime()), remainingTime };
}

function isWhole(context: PlainContext): context is Context {
  return context.deadline !== undefined && context.remainingTime !== undefined;
}

export type Variables = Readonly<Record<string, string | undefined>>;

export function createContext(metadata: InvocationMetadata, environment: Variables): Context {
  const { requestId, deadlineMs, invokedFunctionArn, traceId, ...rest } = metadata;
  const remainingTime = (): number => deadlineMs - Date.now();
  return {
    awsRequestId: requestId,
    invokedFunctionArn,
    functionName: environment["AWS_LAMBDA_FUNCTION_NAME"] ?? "",
    functionVersion: environment["AWS_LAMBDA_FUNCTION_VERSION"] ?? "",
    memoryLimitInMB: environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] ?? "",
    logGroupName: environment["AWS_LAMBDA_LOG_GROUP_NAME"] ?? "",
    logStreamName: environment["AWS_LAMBDA_LOG_STREAM_NAME"] ?? "",
    ...(traceId !== undefined && { xRayTraceId: traceId }),
    ...rest,
    deadline: new Date(deadlineMs),
    remainingTime,
    getRemainingTimeInMillis: remainingTime,
  };
}

interface ContextStorage {
  run<T>(context: Context, body: () => T): T;
  get(): Context | undefined;
  clear(): void;
}

/** One invocation at a time: a variable does, and saves the 0.8 ms that `AsyncLocalStorage` costs at start. */
function singleStorage(): ContextStorage {
  let current: Context | undefined;
  return {
    run: (context, body) => {
      current = context;
      return body();
    },
    get: () => current,
    clear: () => {
      current = undefined;
    },
  };
}

function concurrentStorage(): ContextStorage {
  const { AsyncLocalStorage } = process.getBuiltinModule("node:async_hooks");
  const storage = new AsyncLocalStorage<Context>();
  return {
    run: (context, body) => storage.run(context, body),
    get: () => storage.getStore(),
    // Nothing of a context is seen outside of its `run`.
    clear: () => undefined,
  };
}

let storage: ContextStorage = singleStorage();

/** To be called before the first invocation. */
export function allowConcurrentContexts(): void {
  storage = concurrentStorage();
}

/** Runs `body`, and what it leads to, as part of the invocation that `context` describes. */
export function runInContext<T>(context: Context, body: () => T): T {
  return storage.run(context, body);
}

/** Forgets the last invocation, for code that runs between two. */
export function clearContext(): void {
  storage.clear();
}

/** The context of the invocation this code runs for; `undefined` outside of one, as in a unit test. */
export function currentContext(): Context | undefined {
  return storage.get();
}
