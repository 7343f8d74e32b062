import { Fault } from "../fault.ts";
import { RESERVED_VARIABLES, VARIABLE_NAME } from "../protocol/reserved-variables.ts";
import {
  DEFAULT_MEMORY_MB,
  DEFAULT_TIMEOUT_SECONDS,
  MAX_ENVIRONMENT_BYTES,
  MAX_MEMORY_MB,
  MAX_TIMEOUT_SECONDS,
  MIN_MEMORY_MB,
} from "../protocol/limits.ts";

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
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw invalid(name, "a name has 1 to 64 letters, digits, hyphens and underscores.");
  }
  const memoryMb = input.memory ?? DEFAULT_MEMORY_MB;
  if (!Number.isInteger(memoryMb) || memoryMb < MIN_MEMORY_MB || memoryMb > MAX_MEMORY_MB) {
    throw invalid(
      name,
      `memory must be a whole number from ${MIN_MEMORY_MB} to ${MAX_MEMORY_MB} (MB), not ${memoryMb}.`,
    );
  }
  const timeout = input.timeout ?? DEFAULT_TIMEOUT_SECONDS;
  if (!(timeout > 0 && timeout <= MAX_TIMEOUT_SECONDS)) {
    throw invalid(name, `timeout must be above 0 and at most ${MAX_TIMEOUT_SECONDS} (seconds), not ${timeout}.`);
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
  let bytes = 0;
  for (const [key, value] of Object.entries(variables)) {
    if (RESERVED_VARIABLES.includes(key)) throw invalid(name, `the environment variable ${key} is reserved by Lambda.`);
    if (!VARIABLE_NAME.test(key)) {
      throw invalid(name, `"${key}" can't name an environment variable: a letter first, then letters, digits and "_".`);
    }
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
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
