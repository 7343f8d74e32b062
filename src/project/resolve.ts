import { readdirSync, realpathSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { Fault } from "../fault.ts";
import { loadConfig } from "./config-file.ts";
import type { CheckedFunction } from "./config-schema.ts";
import { discoverEntries, findEntries, findToldEntries, type FoundEntries } from "./discover.ts";
import { hasMixProject, isElixir, MIX_FILE } from "./mix.ts";
import { ELIXIR_PREFIX } from "../protocol/handler-string.ts";
import { checkManifests } from "./manifest.ts";
import { findConfig, findRoot, MANIFEST_FILE } from "./root.ts";
import { findSource, SOURCE_EXTENSIONS } from "./source-file.ts";
import { insteadOfFile, isDirectory, isFile } from "../support/files.ts";
import { suggest } from "../support/suggest.ts";
import type { Entry, ResolvedFunction, ResolvedProject } from "./types.ts";

export interface ProjectRequest {
  /** Absolute path; the other paths are relative to it. */
  readonly cwd: string;
  /** Files, or one folder; none for the config's entries or the conventions. */
  readonly entries?: readonly string[];
  /** Instead of the `mayfly.config.*` in the project root. */
  readonly config?: string;
}

/**
 * Settles what is to be built: entries named by the caller, else the config's functions, else the
 * conventions of `discoverEntries`.
 * @throws Fault MAYFLY_ENTRY_NOT_FOUND, MAYFLY_ENTRY_OUTSIDE, MAYFLY_NO_ENTRY, MAYFLY_CONFIG…, MAYFLY_HANDLER_CLASH
 */
export async function resolveProject(request: ProjectRequest): Promise<ResolvedProject> {
  const cwd = realpathSync(request.cwd);
  const named = (request.entries ?? []).map((entry) => withRealFolder(resolve(cwd, entry)));
  const [first] = named;
  const folder = named.length === 1 && first !== undefined && isDirectory(first) ? first : undefined;
  const files = folder === undefined ? named.map((path) => existingSource(path, cwd)) : [];
  const explicitConfig =
    request.config === undefined ? undefined : existingConfig(withRealFolder(resolve(cwd, request.config)));

  const root = explicitConfig !== undefined ? dirname(explicitConfig) : (folder ?? rootOf(files, cwd));
  const configFile = explicitConfig ?? findConfig(root);
  const configured = configFile === undefined ? { functions: [], include: [] } : await loadConfig(configFile);
  const functions = configured.functions.map((one) => resolveFunction(one, root, configFile ?? root));

  const found = files.length === 0 && functions.length === 0 ? conventional(root) : undefined;
  const chosen = files.length > 0 ? files : (found?.files ?? sourcesOf(functions));
  const mix = files.length === 0 && (functions.length > 0 ? functions.some(isElixir) : hasMixProject(root));
  const entries = uniqueEntries(chosen, root);
  for (const { file } of entries) checkManifests(file, root);
  const chosenFiles = new Set(entries.map((entry) => entry.file));
  return Object.freeze({
    root,
    configFile,
    entries: Object.freeze(entries),
    rule: found !== undefined && found.files.length > 0 ? found.rule : undefined,
    mix,
    functions: Object.freeze(
      functions.filter(
        (one) => chosenFiles.has(one.entry.file) || (mix && isElixir(one)) || (files.length === 0 && hasCommand(one)),
      ),
    ),
    include: configured.include,
  });
}

/** JavaScript in an Elixir project can be there for its web pages; with a package.json it may hold handlers too. */
function conventional(root: string): FoundEntries {
  if (!hasMixProject(root)) return discoverEntries(root);
  return isFile(join(root, MANIFEST_FILE)) ? findToldEntries(root) : { files: [], rule: "" };
}

function sourcesOf(functions: readonly ResolvedFunction[]): readonly string[] {
  return functions.filter((one) => !isElixir(one) && !hasCommand(one)).map((one) => one.entry.file);
}

/** A server in place of a handler. */
function hasCommand(one: ResolvedFunction): boolean {
  return one.web?.command !== undefined;
}

/**
 * The engine follows links to folders, so paths relative to the root only agree when the root is
 * the real one. A link to a file stays: it is that name which the user gave the module.
 */
function withRealFolder(path: string): string {
  if (isDirectory(path)) return realpathSync(path);
  const folder = dirname(path);
  return isDirectory(folder) ? join(realpathSync(folder), basename(path)) : path;
}

function rootOf(files: readonly string[], cwd: string): string {
  const [first] = files;
  if (first === undefined) return rootAround(cwd);
  const inCwd = files.every((file) => isInside(file, cwd));
  return findRoot(dirname(first)) ?? (inCwd ? cwd : dirname(first));
}

/**
 * A folder with a handler of its own is meant, also below a package.json that isn't its own (of a monorepo, of the
 * home folder); below a Mayfly config it is part of that project.
 */
function rootAround(cwd: string): string {
  const root = findRoot(cwd) ?? cwd;
  return root !== cwd && findConfig(root) === undefined && findEntries(cwd).files.length > 0 ? cwd : root;
}

function resolveFunction(one: CheckedFunction, root: string, configFile: string): ResolvedFunction {
  if (one.web !== undefined) return resolveServer(one, root, configFile);
  const entry = one.entry ?? (one.handler?.startsWith(ELIXIR_PREFIX) === true ? MIX_FILE : "");
  const mix = join(root, MIX_FILE);
  const file = resolve(root, entry) === mix && isFile(mix) ? mix : findSource(resolve(root, entry));
  if (file === undefined) {
    throw notFound(resolve(root, entry), root, `functions.${one.name}.entry in ${configFile}`);
  }
  return Object.freeze({ ...one, entry: entryOf(file, root), environment: Object.freeze(one.environment) });
}

function resolveServer(one: CheckedFunction, root: string, configFile: string): ResolvedFunction {
  const hasProgram = one.web?.command !== undefined;
  if (!hasProgram && !hasMixProject(root)) {
    throw new Fault("MAYFLY_WEB_COMMAND", `The server of functions.${one.name} has no command in ${configFile}.`, {
      hint: 'Say what starts it, such as web: { command: "node server.js" }. Only in a Mix project the application itself is the server.',
    });
  }
  const entry = entryOf(hasProgram ? configFile : join(root, MIX_FILE), root);
  return Object.freeze({ ...one, entry, environment: Object.freeze(one.environment) });
}

function uniqueEntries(files: readonly string[], root: string): Entry[] {
  const byModule = new Map<string, Entry>();
  for (const file of files) {
    const entry = entryOf(file, root);
    const other = byModule.get(entry.module);
    if (other !== undefined && other.file !== file) {
      throw new Fault(
        "MAYFLY_HANDLER_CLASH",
        `${other.file} and ${file} are both the module "${entry.module}", so a handler string could mean either.`,
        { hint: `Rename one of them, or build only one: mayfly build ${file}` },
      );
    }
    byModule.set(entry.module, entry);
  }
  return [...byModule.values()].toSorted((a, b) => (a.module < b.module ? -1 : 1));
}

function entryOf(file: string, root: string): Entry {
  if (!isInside(file, root)) {
    throw new Fault("MAYFLY_ENTRY_OUTSIDE", `${file} lies outside the project ${root}.`, {
      hint: "Handler files belong inside the folder with package.json or mayfly.config.ts. Run mayfly there, or move the config up.",
    });
  }
  const path = relative(root, file).split(sep).join("/");
  return Object.freeze({ module: path.slice(0, path.length - extname(path).length), file });
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, file);
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

const MIX_SOURCES: ReadonlySet<string> = new Set([".ex", ".exs", ".erl"]);

function existingSource(path: string, cwd: string): string {
  const file = findSource(path);
  if (file !== undefined) return file;
  if (isDirectory(path)) {
    throw new Fault("MAYFLY_ENTRY_NOT_FOUND", `${path} is a folder.`, {
      hint: "Name files when there are several entries; a folder is a project of its own and is built alone.",
    });
  }
  if (isFile(path) && MIX_SOURCES.has(extname(path))) {
    throw new Fault("MAYFLY_ENTRY_NOT_FOUND", `${path} can't be built alone: a Mix project is built as a whole.`, {
      hint: "Name no file, or the folder with the mix.exs.",
    });
  }
  if (isFile(path)) {
    throw new Fault("MAYFLY_ENTRY_NOT_FOUND", `${path} is not a TypeScript or JavaScript file.`, {
      hint: `A handler file ends in ${SOURCE_EXTENSIONS.join(", ")}.`,
    });
  }
  const other = insteadOfFile(path);
  if (other !== undefined) {
    throw new Fault("MAYFLY_ENTRY_NOT_FOUND", `${path} is ${other}, and no file.`, {
      hint: "Name the file that has the handler.",
    });
  }
  throw notFound(path, cwd, undefined);
}

function existingConfig(path: string): string {
  if (isFile(path)) return path;
  throw new Fault("MAYFLY_CONFIG_NOT_FOUND", `There is no config file ${path}.`, {
    hint: "--config takes the path of a mayfly.config.ts.",
  });
}

function notFound(path: string, from: string, named: string | undefined): Fault {
  const near = nearFile(path, [dirname(path), join(from, "src"), from]);
  const source = named === undefined ? "" : ` (${named})`;
  return new Fault("MAYFLY_ENTRY_NOT_FOUND", `There is no file ${path}${source}.`, {
    hint:
      near === undefined
        ? `Looked in ${dirname(path)}. Run mayfly build without a file to let it find the handlers.`
        : `Did you mean ${near}?`,
  });
}

function nearFile(path: string, folders: readonly string[]): string | undefined {
  for (const folder of folders.filter(isDirectory)) {
    const sources = readdirSync(folder).filter((name) => SOURCE_EXTENSIONS.includes(extname(name)));
    const stem = basename(path, extname(path));
    const near = suggest(
      stem,
      sources.map((name) => basename(name, extname(name))),
    );
    const name = sources.find((one) => basename(one, extname(one)) === near);
    if (name !== undefined) return join(folder, name);
  }
  return undefined;
}
