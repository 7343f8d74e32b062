import { Fault } from "../fault.ts";
import {
  DEFAULT_MEMORY_MB,
  DEFAULT_TIMEOUT_SECONDS,
  environmentBytes,
  isFunctionName,
  isWholeNumberIn,
  MAX_ENVIRONMENT_BYTES,
  MEMORY_MB,
  TIMEOUT_SECONDS,
  variableProblem,
} from "../protocol/function-rules.ts";

/** A function to run locally. */
export interface LocalFunction {
  /** A zip file, or a folder that holds what the zip would; `bootstrap` at its root. */
  readonly package: string;
  /** `_HANDLER`. Default: unset. */
  readonly handler?: string;
  /** MB, 128 to 10,240. Default 128. */
  readonly memory?: number;
  /** Seconds, above 0 up to 900 (on Lambda: whole ones). Default 3. */
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** Environments that may exist at a time. Default 10. */
  readonly environments?: number;
  /**
   * Invocations in flight in one environment, as on Lambda Managed Instances. Absent: one, and the environment is
   * frozen between invocations.
   */
  readonly maxConcurrency?: number;
}

/** The same, checked and complete. */
export interface FunctionSettings {
  readonly name: string;
  readonly handler: string | undefined;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly environments: number;
  readonly maxConcurrency: number | undefined;
}

const DEFAULT_ENVIRONMENTS = 10;

/** @throws Fault MAYFLY_INVALID_FUNCTION, naming the setting. */
export function resolveFunction(name: string, input: LocalFunction): FunctionSettings {
  if (!isFunctionName(name)) {
    throw invalid(name, "a name has 1 to 64 letters, digits, hyphens and underscores.");
  }
  const memoryMb = input.memory ?? DEFAULT_MEMORY_MB;
  if (!isWholeNumberIn(memoryMb, MEMORY_MB)) {
    throw invalid(
      name,
      `memory must be a whole number from ${MEMORY_MB.min} to ${MEMORY_MB.max} (MB), not ${memoryMb}.`,
    );
  }
  const timeout = input.timeout ?? DEFAULT_TIMEOUT_SECONDS;
  // Not only whole ones: a test of a timeout needn't take a second.
  if (!(timeout > 0 && timeout <= TIMEOUT_SECONDS.max)) {
    throw invalid(name, `timeout must be above 0 and at most ${TIMEOUT_SECONDS.max} (seconds), not ${timeout}.`);
  }
  return {
    name,
    handler: input.handler,
    memoryMb,
    timeoutMs: timeout * 1000,
    environment: checkedEnvironment(name, input.environment ?? {}),
    environments: positive(name, "environments", input.environments ?? DEFAULT_ENVIRONMENTS),
    maxConcurrency:
      input.maxConcurrency === undefined ? undefined : positive(name, "maxConcurrency", input.maxConcurrency),
  };
}

function positive(name: string, key: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw invalid(name, `${key} must be a whole number from 1, not ${value}.`);
}

function checkedEnvironment(
  name: string,
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const key of Object.keys(variables)) {
    const problem = variableProblem(key);
    if (problem === "reserved") throw invalid(name, `the environment variable ${key} is reserved by Lambda.`);
    if (problem === "malformed") {
      throw invalid(name, `"${key}" can't name an environment variable: a letter first, then letters, digits and "_".`);
    }
  }
  const bytes = environmentBytes(variables);
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    throw invalid(name, `the environment variables take ${bytes} bytes; Lambda allows ${MAX_ENVIRONMENT_BYTES}.`);
  }
  return { ...variables };
}

function invalid(name: string, problem: string): Fault {
  return new Fault("MAYFLY_INVALID_FUNCTION", `Function "${name}": ${problem}`, {
    hint: "Lambda would refuse this function too: correct the setting.",
  });
}
