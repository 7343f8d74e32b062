import type { FunctionConfig, UrlConfig } from "../config.ts";
import { RESERVED_VARIABLES, VARIABLE_NAME } from "../protocol/environment.ts";
import {
  DEFAULT_MEMORY_MB,
  DEFAULT_TIMEOUT_SECONDS,
  MAX_ENVIRONMENT_BYTES,
  MAX_MEMORY_MB,
  MAX_TIMEOUT_SECONDS,
  MIN_MEMORY_MB,
} from "../protocol/limits.ts";
import { ELIXIR_PREFIX } from "./mix.ts";
import { suggest } from "./suggest.ts";
import { ARCHES, type Arch } from "./types.ts";

/** A function of the config after checking; its entry is still as written. */
export interface CheckedFunction {
  readonly name: string;
  /** Only an Elixir handler goes without. */
  readonly entry: string | undefined;
  readonly handler: string | undefined;
  readonly memory: number;
  readonly timeout: number;
  readonly arch: Arch | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly url: boolean;
  /** Whether that URL has the invoke mode `RESPONSE_STREAM`. */
  readonly stream: boolean;
}

export interface CheckedConfig {
  readonly functions: readonly CheckedFunction[];
  /** Each names its key: `functions.api.memory: …`. Empty when the config is sound. */
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;
type Report = (path: string, problem: string) => void;

const FUNCTION_KEYS = [
  "entry",
  "handler",
  "memory",
  "timeout",
  "arch",
  "environment",
  "url",
] as const satisfies readonly (keyof FunctionConfig)[];
const URL_KEYS = ["stream"] as const satisfies readonly (keyof UrlConfig)[];
const FUNCTION_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Reads the default export of a config file: every problem at once, not only the first. */
export function checkConfig(value: unknown): CheckedConfig {
  const problems: string[] = [];
  const report: Report = (path, problem) => problems.push(path === "" ? problem : `${path}: ${problem}`);
  if (!isFields(value)) {
    report("", `the default export must be an object, as defineConfig({ … }) gives, but it is ${describe(value)}`);
    return { functions: [], problems };
  }
  reportUnknownKeys(value, ["functions"], "", report);
  const functions = value["functions"] ?? {};
  if (!isFields(functions)) {
    report("functions", `must be an object of functions by name, but it is ${describe(functions)}`);
    return { functions: [], problems };
  }
  const checked = Object.entries(functions).map(([name, settings]) => checkFunction(name, settings, report));
  return { functions: checked.filter((one) => one !== undefined), problems };
}

function checkFunction(name: string, settings: unknown, report: Report): CheckedFunction | undefined {
  const path = `functions.${name}`;
  if (!FUNCTION_NAME.test(name)) {
    report(path, "a function's name is 1 to 64 letters, digits, - and _");
  }
  if (!isFields(settings)) {
    report(path, `must be an object with at least "entry", but it is ${describe(settings)}`);
    return undefined;
  }
  reportUnknownKeys(settings, FUNCTION_KEYS, path, report);
  const entry = text(settings["entry"], `${path}.entry`, report);
  const handler = text(settings["handler"], `${path}.handler`, report);
  if (settings["entry"] === undefined && handler?.startsWith(ELIXIR_PREFIX) !== true) {
    report(`${path}.entry`, `is missing: the file with the handler, such as "src/${name}.ts"`);
  }
  const url = checkUrl(settings["url"], `${path}.url`, report);
  if (url.stream && handler?.startsWith(ELIXIR_PREFIX) === true) {
    report(`${path}.url.stream`, "what an Elixir handler returns can't be streamed");
  }
  return {
    name,
    entry,
    handler,
    memory:
      wholeNumber(settings["memory"], `${path}.memory`, MIN_MEMORY_MB, MAX_MEMORY_MB, "MB", report) ??
      DEFAULT_MEMORY_MB,
    timeout:
      wholeNumber(settings["timeout"], `${path}.timeout`, 1, MAX_TIMEOUT_SECONDS, "seconds", report) ??
      DEFAULT_TIMEOUT_SECONDS,
    arch: checkArch(settings["arch"], `${path}.arch`, report),
    environment: checkEnvironment(settings["environment"], `${path}.environment`, report),
    ...url,
  };
}

function checkArch(value: unknown, path: string, report: Report): Arch | undefined {
  if (value === undefined) return undefined;
  const arch = ARCHES.find((known) => known === value);
  if (arch === undefined) report(path, `must be "x86_64" or "arm64", but it is ${describe(value)}`);
  return arch;
}

function checkUrl(value: unknown, path: string, report: Report): Pick<CheckedFunction, "url" | "stream"> {
  if (value === undefined || typeof value === "boolean") return { url: value ?? false, stream: false };
  if (!isFields(value)) {
    report(path, `must be true, false or an object such as { stream: true }, but it is ${describe(value)}`);
    return { url: false, stream: false };
  }
  reportUnknownKeys(value, URL_KEYS, path, report);
  const { stream = false } = value;
  if (typeof stream === "boolean") return { url: true, stream };
  report(`${path}.stream`, `must be true or false, but it is ${describe(stream)}`);
  return { url: true, stream: false };
}

function checkEnvironment(value: unknown, path: string, report: Report): Record<string, string> {
  if (value === undefined) return {};
  if (!isFields(value)) {
    report(path, `must be an object of strings, but it is ${describe(value)}`);
    return {};
  }
  const variables: Record<string, string> = {};
  let bytes = 0;
  for (const [name, content] of Object.entries(value)) {
    if (RESERVED_VARIABLES.includes(name)) {
      report(`${path}.${name}`, "Lambda sets this variable itself; choose another name");
    } else if (!VARIABLE_NAME.test(name)) {
      report(`${path}.${name}`, "a variable's name is a letter, then at least one letter, digit or _");
    }
    if (typeof content !== "string") {
      const asText = typeof content === "number" || typeof content === "boolean" ? `: write "${content}"` : "";
      report(`${path}.${name}`, `must be a string, but it is ${describe(content)}${asText}`);
      continue;
    }
    variables[name] = content;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(content);
  }
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    report(path, `all names and values together are ${bytes} bytes; Lambda takes ${MAX_ENVIRONMENT_BYTES}`);
  }
  return variables;
}

function text(value: unknown, path: string, report: Report): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "") return value;
  report(path, `must be a string that is not empty, but it is ${describe(value)}`);
  return undefined;
}

function wholeNumber(
  value: unknown,
  path: string,
  min: number,
  max: number,
  unit: string,
  report: Report,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  report(path, `must be a whole number of ${unit} from ${min} to ${max}, but it is ${describe(value)}`);
  return undefined;
}

function reportUnknownKeys(value: Fields, known: readonly string[], path: string, report: Report): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = suggest(key, known);
    report(
      path === "" ? key : `${path}.${key}`,
      near === undefined ? `unknown; known are ${known.join(", ")}` : `unknown; did you mean "${near}"?`,
    );
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  if (value === undefined) return "undefined";
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
