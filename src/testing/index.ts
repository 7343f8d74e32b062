import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FrontKind } from "../http/front/front-kind.ts";
import { LocalLambda, type LocalInvokeOptions, type LocalInvokeResult } from "../local/local-lambda.ts";
import type { LogEvent } from "../local/log.ts";
import type { LocalCredentials } from "../local/account.ts";
import { buildPackage } from "./build-project.ts";
import { chooseFunction, withHandler, type ChosenFunction } from "../local/choose-function.ts";
import { FunctionError } from "./function-error.ts";
import { checkNodeVersion } from "./node-version.ts";

export { FunctionError };
export type { FrontKind, LocalCredentials, LocalInvokeOptions as InvokeOptions, LogEvent };

/** Which function to run, and how. Settings given here go before those of mayfly.config.ts. */
export interface TestLambdaOptions {
  /** A handler file or a project folder, to be built. Without `entry` and `zip`: the project in `cwd`. */
  readonly entry?: string;
  /** A package that is built already. */
  readonly zip?: string;
  /** A function of mayfly.config.ts, if there are several. */
  readonly function?: string;
  /** `file.export`. Default: the config's, or the only one there is. */
  readonly handler?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** MB. Default 128. */
  readonly memory?: number;
  /** Seconds. Default 3. */
  readonly timeout?: number;
  /** Invocations at once in one environment, as on Lambda Managed Instances. Default: one. */
  readonly maxConcurrency?: number;
  /** Most environments at once; more calls than they take get `MAYFLY_TOO_MANY_REQUESTS`. Default 10. */
  readonly environments?: number;
  /**
   * What serves the function at `http`. Default: `function-url-stream` if mayfly.config.ts says that its URL streams, else
   * `function-url`.
   */
  readonly front?: FrontKind;
  /** Media types that the REST API of `api-gateway-v1` takes and gives as bytes. Default none, as on AWS. */
  readonly binaryMediaTypes?: readonly string[];
  /** What relative paths start from. Default: the current directory. */
  readonly cwd?: string;
  /** What the function finds as its role's. Default: well-formed ones that open nothing. */
  readonly credentials?: LocalCredentials;
  /** Told each line as it is logged. */
  readonly onLog?: (event: LogEvent) => void;
}

export interface RawResult extends LocalInvokeResult {
  /** The invocation's log, one line an event. */
  readonly log: readonly string[];
}

/**
 * Builds a handler and runs it in a local Lambda: the real bootstrap, in its own process.
 * @example
 * const lambda = await startLambda({ entry: "src/hello.ts" });
 * const result = await lambda.invoke({ name: "Ada" });
 * await lambda.stop();
 * @throws Fault when the build fails or Lambda would refuse the function
 */
export async function startLambda(options: TestLambdaOptions = {}): Promise<TestLambda> {
  checkNodeVersion(process.versions.node);
  const cwd = resolve(options.cwd ?? ".");
  const outdir = mkdtempSync(join(tmpdir(), "mayfly-testing-"));
  try {
    const chosen = await findPackage(options, cwd, outdir);
    const environment = { ...chosen.environment, ...options.environment };
    return await TestLambda.start({ ...chosen, ...definedOnly(options), environment }, options);
  } finally {
    // The local Lambda has its own copy by now.
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function findPackage(options: TestLambdaOptions, cwd: string, outdir: string): Promise<ChosenFunction> {
  if (options.zip !== undefined) return withHandler(resolve(cwd, options.zip), options.handler);
  const chosen = chooseFunction(await buildPackage({ entry: options.entry, cwd, outdir }), options);
  // A bootstrap lies alone in its folder, as it would in a zip.
  return { ...chosen, artifact: dirname(chosen.artifact) };
}

type Settings = Pick<
  TestLambdaOptions,
  "handler" | "environment" | "memory" | "timeout" | "maxConcurrency" | "environments"
>;

function definedOnly({ handler, memory, timeout, maxConcurrency, environments }: TestLambdaOptions): Settings {
  return {
    ...(handler !== undefined && { handler }),
    ...(memory !== undefined && { memory }),
    ...(timeout !== undefined && { timeout }),
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    ...(environments !== undefined && { environments }),
  };
}

/** A running function. Made by `startLambda`. */
export class TestLambda {
  /** For `endpoint` of an AWS SDK client, or curl. */
  readonly url: string;
  /** The function over HTTP, as its `front` serves it: `http://127.0.0.1:PORT/`. */
  readonly http: string;
  /** The function's name there; `function` and `_` do as well. */
  readonly functionName: string;
  /** Everything logged so far, in order. */
  readonly logs: readonly LogEvent[];
  readonly #lambda: LocalLambda;

  /** @internal */
  static async start(
    { name, artifact, front: configuredFront, ...settings }: ChosenFunction & Settings,
    options: TestLambdaOptions,
  ): Promise<TestLambda> {
    const logs: LogEvent[] = [];
    const lambda = await LocalLambda.start({
      functions: { [name]: { ...settings, package: artifact } },
      ...(options.credentials !== undefined && { credentials: options.credentials }),
      onLog: (event) => {
        logs.push(event);
        options.onLog?.(event);
      },
    });
    const { front = configuredFront, binaryMediaTypes } = options;
    const http = await lambda.serve(name, {
      ...(front !== undefined && { front }),
      ...(binaryMediaTypes !== undefined && { binaryMediaTypes }),
    });
    return new TestLambda(lambda, http, name, logs);
  }

  private constructor(lambda: LocalLambda, http: string, functionName: string, logs: readonly LogEvent[]) {
    this.url = lambda.url;
    this.http = http;
    this.functionName = functionName;
    this.logs = logs;
    this.#lambda = lambda;
  }

  /**
   * Invokes the function. The result is what the handler returned, gone through JSON; one that isn't JSON (a streamed
   * text, say) is a string. `Result` is your word for its type: nothing checks it.
   * @throws FunctionError when the handler fails, times out or dies
   */
  async invoke<Result = unknown>(event?: unknown, options: LocalInvokeOptions = {}): Promise<Result> {
    const { functionError, payload, log } = await this.invokeRaw(event, options);
    const value = parseResult(payload.toString());
    if (functionError) throw new FunctionError(value, log);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller says what to expect, as with response.json()
    return value as Result;
  }

  /** The same without parsing, and without an exception when the function fails. */
  async invokeRaw(event?: unknown, options: LocalInvokeOptions = {}): Promise<RawResult> {
    const payload = Buffer.from(event === undefined ? "{}" : JSON.stringify(event));
    const result = await this.#lambda.invoke(this.functionName, payload, options);
    const log = this.logs.filter((one) => one.requestId === result.requestId).map((one) => one.line);
    return { ...result, log };
  }

  /** Ends the function's processes and deletes its files. */
  stop(): Promise<void> {
    return this.#lambda.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function parseResult(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: a handler may stream anything.
    return text;
  }
}
