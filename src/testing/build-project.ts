import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Fault } from "../fault.ts";
import type { BuiltFunctionSettings, BuiltProject } from "../local/choose-function.ts";
import { type Fields, isFields } from "../support/read-field.ts";
import { packageRoot } from "../support/package-root.cjs";

export interface BuildRequest {
  /** A handler file or a project folder; undefined for the project in `cwd`. */
  readonly entry: string | undefined;
  readonly cwd: string;
  readonly outdir: string;
}

/**
 * Builds a project for this machine with Mayfly's own command line, in a process of its own: the engine that compiles
 * is not the one the tests run on.
 * @throws Fault as `mayfly build` reports it
 */
export async function buildPackage(request: BuildRequest): Promise<BuiltProject> {
  const entry = request.entry === undefined ? [] : [request.entry];
  const options = ["build", ...entry, "--host", "--outdir", request.outdir, "--json"];
  const child = spawn(process.execPath, [join(packageRoot(), "bin", "mayfly.js"), ...options], {
    cwd: request.cwd,
    env: buildEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const result = parseJson(output);
  if (isFields(result) && isFields(result["error"])) throw toFault(result["error"]);
  const built = code === 0 ? toBuiltProject(result) : undefined;
  if (built === undefined) {
    throw new Fault("MAYFLY_BUILD_FAILED", `mayfly build ended with code ${code}: ${errors.trim() || output.trim()}`);
  }
  return built;
}

/** What a test runner sets for its own sake must not change what is built. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _mode, NODE_OPTIONS: _options, ...rest } = process.env;
  return rest;
}

function toBuiltProject(value: unknown): BuiltProject | undefined {
  if (!isFields(value)) return undefined;
  const artifacts = parseList(value["artifacts"], ({ path }) => (typeof path === "string" ? { path } : undefined));
  const handlers = parseList(value["handlers"], ({ handler }) =>
    typeof handler === "string" ? { handler } : undefined,
  );
  const functions = parseList(value["functions"], toFunction);
  return artifacts && handlers && functions && { artifacts, handlers, functions };
}

function toFunction(one: Fields): BuiltFunctionSettings | undefined {
  const { name, handler, memory, timeout, environment, stream, artifact } = one;
  if (typeof name !== "string" || typeof handler !== "string" || typeof artifact !== "string") return undefined;
  if (typeof memory !== "number" || typeof timeout !== "number" || !isFields(environment)) return undefined;
  if (typeof stream !== "boolean") return undefined;
  const variables = Object.entries(environment).flatMap(([key, value]) =>
    typeof value === "string" ? [[key, value] as const] : [],
  );
  return { name, handler, artifact, memory, timeout, environment: Object.fromEntries(variables), stream };
}

/** The same problem the command line would show, with the place in the source. */
function toFault(error: Fields): Fault {
  const { code, message, hint, problems } = error;
  const places = parseList(problems ?? [], (one) => ({ text: describeProblem(one) })) ?? [];
  const lines = [typeof message === "string" ? message : "The build failed.", ...places.map((place) => place.text)];
  return new Fault(typeof code === "string" ? code : "MAYFLY_BUILD_FAILED", lines.join("\n"), {
    ...(typeof hint === "string" && { hint }),
  });
}

function describeProblem({ file, line, column, message, lineText }: Fields): string {
  const place = [file, line, column].filter((part) => typeof part === "string" || typeof part === "number").join(":");
  const excerpt = typeof lineText === "string" ? `\n  ${lineText.trim()}` : "";
  return `${place}  ${typeof message === "string" ? message : ""}${excerpt}`;
}

function parseList<T>(value: unknown, parse: (one: Fields) => T | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: unknown[] = value;
  const parsed = items.flatMap((item) => {
    const one = isFields(item) ? parse(item) : undefined;
    return one === undefined ? [] : [one];
  });
  return parsed.length === items.length ? parsed : undefined;
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // Not the answer of a build; what it is instead goes into the fault.
    return undefined;
  }
}
