import type { FunctionConfig, MayflyConfig, UrlConfig } from "../config.ts";
import {
  DEFAULT_MEMORY_MB,
  DEFAULT_TIMEOUT_SECONDS,
  environmentBytes,
  isFunctionName,
  MAX_ENVIRONMENT_BYTES,
  MEMORY_MB,
  TIMEOUT_SECONDS,
  variableProblem,
} from "../protocol/function-rules.ts";
import { isFields } from "../support/read-field.ts";
import { describe, type ReportProblem, reportUnknownKeys, shownKey, text, wholeNumber } from "./config-values.ts";
import { checkInclude } from "./include-schema.ts";
import { ELIXIR_PREFIX } from "../protocol/handler-string.ts";
import { ARCHES, type Arch, type IncludeRule } from "./types.ts";
import { checkWeb, type CheckedWeb } from "./web-schema.ts";

/** A module and a function as Elixir writes them, without the prefix that a handler has. */
const ELIXIR_FUNCTION = /^(?:[A-Z]\w*\.)+[a-z_]\w*[?!]?$/;

/** A function of the config after checking; its entry is still as written. */
export interface CheckedFunction {
  readonly name: string;
  /** Elixir handlers and servers go without. */
  readonly entry: string | undefined;
  readonly handler: string | undefined;
  readonly memory: number;
  readonly timeout: number;
  readonly arch: Arch | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly url: boolean;
  /** Whether that URL has the invoke mode `RESPONSE_STREAM`. */
  readonly stream: boolean;
  readonly web: CheckedWeb | undefined;
  readonly include: readonly IncludeRule[];
}

export interface CheckedConfig {
  readonly functions: readonly CheckedFunction[];
  /** For every package. */
  readonly include: readonly IncludeRule[];
  /** Each names its key: `functions.api.memory: …`. Empty when the config is sound. */
  readonly problems: readonly string[];
}

const FUNCTION_KEYS = [
  "entry",
  "handler",
  "memory",
  "timeout",
  "arch",
  "environment",
  "url",
  "web",
  "include",
] as const satisfies readonly (keyof FunctionConfig)[];
const CONFIG_KEYS = ["functions", "web", "include"] as const satisfies readonly (keyof MayflyConfig)[];
/** What the function of a project that is one server is called. */
const WEB_NAME = "web";
const URL_KEYS = ["stream"] as const satisfies readonly (keyof UrlConfig)[];

/** Reads the default export of a config file: every problem at once, not only the first. */
export function checkConfig(value: unknown): CheckedConfig {
  const problems: string[] = [];
  const report: ReportProblem = (path, problem) => problems.push(path === "" ? problem : `${path}: ${problem}`);
  if (!isFields(value)) {
    report("", `the default export must be an object, as defineConfig({ … }) gives, but it is ${describe(value)}`);
    return { functions: [], include: [], problems };
  }
  reportUnknownKeys(value, CONFIG_KEYS, "", report);
  const include = checkInclude(value["include"], "include", report);
  const functions = value["functions"] ?? {};
  if (!isFields(functions)) {
    report("functions", `must be an object of functions by name, but it is ${describe(functions)}`);
    return { functions: [], include: [], problems };
  }
  const named = Object.entries(functions).map(([name, settings]) => checkFunction(name, settings, report));
  const checked = [...named, checkProjectServer(value["web"], Object.hasOwn(functions, WEB_NAME), report)];
  return { functions: checked.filter((one) => one !== undefined), include, problems };
}

/** `web` at the top: one more function with the defaults. */
function checkProjectServer(web: unknown, isTaken: boolean, report: ReportProblem): CheckedFunction | undefined {
  if (web === undefined) return undefined;
  if (isTaken) report("web", `is the function "${WEB_NAME}", and functions has one of that name: keep one of them`);
  const server = checkWeb(web, "web", report);
  return {
    name: WEB_NAME,
    entry: undefined,
    handler: undefined,
    memory: DEFAULT_MEMORY_MB,
    timeout: DEFAULT_TIMEOUT_SECONDS,
    arch: undefined,
    environment: {},
    url: false,
    stream: false,
    web: server,
    include: [],
  };
}

function checkFunction(name: string, settings: unknown, report: ReportProblem): CheckedFunction | undefined {
  const path = `functions.${shownKey(name)}`;
  if (!isFunctionName(name)) {
    report(path, "a function's name is 1 to 64 letters, digits, - and _");
  }
  if (!isFields(settings)) {
    report(path, `must be an object with at least "entry", but it is ${describe(settings)}`);
    return undefined;
  }
  reportUnknownKeys(settings, FUNCTION_KEYS, path, report);
  const entry = text(settings["entry"], `${path}.entry`, report);
  const handler = text(settings["handler"], `${path}.handler`, report);
  const web = settings["web"] === undefined ? undefined : checkWeb(settings["web"], `${path}.web`, report);
  if (web !== undefined) {
    for (const key of ["entry", "handler"]) {
      if (settings[key] !== undefined) report(`${path}.${key}`, "a function with web has a server in its place");
    }
  } else if (settings["entry"] === undefined && handler?.startsWith(ELIXIR_PREFIX) !== true) {
    const elixir = ELIXIR_FUNCTION.test(handler ?? "") ? `; one in Elixir has the handler "Elixir.${handler}"` : "";
    report(
      `${path}.entry`,
      `is missing: the file with the handler, such as "src/${isFunctionName(name) ? name : "handler"}.ts"${elixir}`,
    );
  }
  const url = checkUrl(settings["url"], `${path}.url`, report);
  if (url.stream && handler?.startsWith(ELIXIR_PREFIX) === true) {
    report(`${path}.url.stream`, "what an Elixir handler returns can't be streamed");
  }
  return {
    name,
    entry,
    handler,
    memory: wholeNumber(settings["memory"], `${path}.memory`, MEMORY_MB, "MB", report) ?? DEFAULT_MEMORY_MB,
    timeout:
      wholeNumber(settings["timeout"], `${path}.timeout`, TIMEOUT_SECONDS, "seconds", report) ??
      DEFAULT_TIMEOUT_SECONDS,
    arch: checkArch(settings["arch"], `${path}.arch`, report),
    environment: checkEnvironment(settings["environment"], `${path}.environment`, report),
    ...url,
    web,
    include: checkInclude(settings["include"], `${path}.include`, report),
  };
}

function checkArch(value: unknown, path: string, report: ReportProblem): Arch | undefined {
  if (value === undefined) return undefined;
  const arch = ARCHES.find((known) => known === value);
  if (arch === undefined) report(path, `must be "x86_64" or "arm64", but it is ${describe(value)}`);
  return arch;
}

function checkUrl(value: unknown, path: string, report: ReportProblem): Pick<CheckedFunction, "url" | "stream"> {
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

function checkEnvironment(value: unknown, path: string, report: ReportProblem): Record<string, string> {
  if (value === undefined) return {};
  if (!isFields(value)) {
    report(path, `must be an object of strings, but it is ${describe(value)}`);
    return {};
  }
  const variables: Record<string, string> = {};
  for (const [name, content] of Object.entries(value)) {
    const problem = variableProblem(name);
    if (problem === "reserved") {
      report(`${path}.${shownKey(name)}`, "Lambda sets this variable itself; choose another name");
    } else if (problem === "malformed") {
      report(`${path}.${shownKey(name)}`, "a variable's name is a letter, then at least one letter, digit or _");
    }
    if (typeof content !== "string") {
      const asText = typeof content === "number" || typeof content === "boolean" ? `: write "${content}"` : "";
      report(`${path}.${shownKey(name)}`, `must be a string, but it is ${describe(content)}${asText}`);
      continue;
    }
    variables[name] = content;
  }
  const bytes = environmentBytes(variables);
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    report(path, `all names and values together are ${bytes} bytes; Lambda takes ${MAX_ENVIRONMENT_BYTES}`);
  }
  return variables;
}
