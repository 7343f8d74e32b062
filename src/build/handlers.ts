import { Fault } from "../fault.ts";
import type { Entry, ResolvedFunction, ResolvedProject } from "../project/types.ts";
import { suggest } from "../project/suggest.ts";
import { bundleFault } from "./bundle-fault.ts";
import { type ModuleExports, readExports } from "./exports.ts";
import { inProjectRoot } from "./in-project-root.ts";
import { mayflySources } from "./mayfly-sources.ts";

/** A handler that the artifact has. */
export interface FoundHandler {
  /** What `_HANDLER` is set to: as short as it can be while it means this one. */
  readonly handler: string;
  readonly entry: Entry;
  /** `handle`, `api.users.list`. */
  readonly exportPath: string;
}

export interface FoundHandlers {
  readonly handlers: readonly FoundHandler[];
  /** Entries whose exports reading the code can't all see. */
  readonly open: readonly Entry[];
}

/**
 * Lists the handlers of each entry without running any of its code.
 * @throws SourceFault when an entry or what it imports by path doesn't compile
 * @throws Fault MAYFLY_NO_EXPORTS for an entry in which nothing can be a handler
 */
export async function findHandlers(
  root: string,
  entries: readonly Entry[],
  external: readonly string[],
): Promise<FoundHandlers> {
  const handlers: FoundHandler[] = [];
  const open: Entry[] = [];
  for (const entry of entries) {
    const found = await exportsOf(entry, root, external);
    if (found.handlers.length === 0 && !found.open) throw noExports(entry);
    if (found.open) open.push(entry);
    const short = shortName(entry, entries);
    handlers.push(...found.handlers.map((path) => ({ handler: `${short}.${path}`, entry, exportPath: path })));
  }
  return { handlers, open };
}

async function exportsOf(entry: Entry, root: string, external: readonly string[]): Promise<ModuleExports> {
  const code = await inProjectRoot(root, async () => {
    try {
      // Packages are only imported: their code says nothing about which exports this file has.
      return await moduleCode({ ...bundleOptions(entry, root), packages: "external" });
    } catch (cause) {
      throw bundleFault(await allProblems(entry, root, external, cause));
    }
  });
  return readExports(code);
}

function bundleOptions(entry: Entry, root: string): Bun.BuildConfig {
  return { entrypoints: [entry.file], root, target: "bun", format: "esm" };
}

async function moduleCode(config: Bun.BuildConfig): Promise<string> {
  const { outputs } = await Bun.build(config);
  const module = outputs.find((output) => output.kind === "entry-point");
  return (await module?.text()) ?? "";
}

/** With packages looked up too, a missing one is told together with what is wrong here. */
async function allProblems(entry: Entry, root: string, external: readonly string[], cause: unknown): Promise<unknown> {
  try {
    await moduleCode({
      ...bundleOptions(entry, root),
      external: [...external],
      plugins: [mayflySources(root, [entry], [])],
    });
    return cause;
  } catch (more) {
    return more;
  }
}

/** The shortest end of the module's path that no other module shares. */
function shortName(entry: Entry, entries: readonly Entry[]): string {
  const segments = entry.module.split("/");
  for (let count = 1; count < segments.length; count++) {
    const short = segments.slice(-count).join("/");
    if (modulesNamed(short, entries).length === 1) return short;
  }
  return entry.module;
}

/** The modules that a handler string's file part can mean. A whole path means itself only. */
function modulesNamed(name: string, entries: readonly Entry[]): readonly Entry[] {
  const exact = entries.filter(({ module }) => module === name || module === `${name}/index`);
  return exact.length > 0 ? exact : entries.filter(({ module }) => module.endsWith(`/${name}`));
}

/**
 * The handler string of a function in the config, checked against what its entry exports.
 * @throws Fault MAYFLY_HANDLER_NOT_FOUND, MAYFLY_HANDLER_UNCLEAR
 */
export function handlerOf(one: ResolvedFunction, found: FoundHandlers): string {
  const own = found.handlers.filter(({ entry }) => entry.file === one.entry.file);
  const isOpen = found.open.some(({ file }) => file === one.entry.file);
  const key = `functions.${one.name}.handler`;
  const list = own.map(({ handler }) => `  ${handler}`).join("\n");
  if (one.handler === undefined) {
    const [only, another] = own;
    if (only !== undefined && another === undefined) return only.handler;
    throw new Fault(
      "MAYFLY_HANDLER_UNCLEAR",
      `${one.entry.file} has ${own.length === 0 ? "no handler that can be seen" : "several handlers"}; ${key} must say which one ${one.name} runs.`,
      own.length === 0 ? {} : { hint: `One of:\n${list}` },
    );
  }
  const wanted = one.handler;
  const match = own.find(
    ({ handler, entry, exportPath }) =>
      wanted === handler || wanted === exportPath || isNamed(wanted, entry, exportPath),
  );
  if (match !== undefined) return match.handler;
  if (isOpen) return wanted.includes(".") ? wanted : `${one.entry.module}.${wanted}`;
  const near = suggest(
    wanted,
    own.flatMap(({ handler, exportPath }) => [handler, exportPath]),
  );
  throw new Fault("MAYFLY_HANDLER_NOT_FOUND", `${key} is "${wanted}", but ${one.entry.file} has no such handler.`, {
    hint: near === undefined ? `It has:\n${list}` : `Did you mean "${near}"?`,
  });
}

function isNamed(wanted: string, entry: Entry, exportPath: string): boolean {
  if (!wanted.endsWith(`.${exportPath}`)) return false;
  const name = wanted.slice(0, -exportPath.length - 1).replace(/^\.\//, "");
  return modulesNamed(name, [entry]).length > 0;
}

/**
 * Two functions may share a handler, but one string must not mean two files.
 * @throws Fault MAYFLY_HANDLER_CLASH
 */
export function checkClashes(project: ResolvedProject): void {
  const owners = new Map<string, ResolvedFunction>();
  for (const one of project.functions) {
    if (one.handler === undefined || !one.handler.includes(".")) continue;
    const other = owners.get(one.handler);
    if (other !== undefined && other.entry.file !== one.entry.file) {
      const exportPath = one.handler.slice(one.handler.indexOf(".", one.handler.lastIndexOf("/") + 1) + 1);
      throw new Fault(
        "MAYFLY_HANDLER_CLASH",
        `The handler "${one.handler}" means ${other.entry.module} for functions.${other.name} and ${one.entry.module} for functions.${one.name}.`,
        {
          hint: `Write the whole path: "${other.entry.module}.${exportPath}" and "${one.entry.module}.${exportPath}".`,
        },
      );
    }
    owners.set(one.handler, one);
  }
}

function noExports(entry: Entry): Fault {
  return new Fault("MAYFLY_NO_EXPORTS", `${entry.file} exports nothing that can be a handler.`, {
    hint: [
      "A handler is an exported function:",
      "",
      `  export function handle(event: unknown) {`,
      `    return { message: "Hello" };`,
      `  }`,
      "",
      `Its handler string is then "${entry.module.split("/").at(-1) ?? entry.module}.handle".`,
    ].join("\n"),
  });
}
