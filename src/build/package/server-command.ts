import { extname, join, posix } from "node:path";
import { Fault } from "../../fault.ts";
import { SOURCE_EXTENSIONS } from "../../project/source-file.ts";
import { isFile } from "../../support/files.ts";
import type { ResolvedFunction } from "../../project/types.ts";
import type { WebCommand, WebFunctions, WebSettings } from "../../protocol/web-settings.ts";
import { binaryKindOf } from "../../support/binary-kind.ts";
import type { PackageFile } from "./package-files.ts";
import type { BuildTarget } from "../target.ts";

/** On Lambda there is neither; Mayfly's own engine runs what they would. */
const ENGINE_NAMES: readonly string[] = ["node", "bun"];
/** Flags whose next word is a script that runs before the server's, and those whose next word is none. */
const SCRIPT_FLAGS: readonly string[] = ["-r", "--require", "--import", "--preload"];
const VALUE_FLAGS: readonly string[] = ["-C", "--conditions", "--env-file"];
/** Flags that bring the program along. */
const CODE_FLAGS: readonly string[] = ["-e", "--eval", "-p", "--print"];
/** They start what package.json names, and none of them is on Lambda. */
const PACKAGE_MANAGERS: readonly string[] = ["npm", "npx", "pnpm", "yarn", "bunx"];

/**
 * The servers of a package, as the bootstrap starts them.
 * @param files what is in the package, scripts that were bundled for it included
 * @throws Fault MAYFLY_WEB_COMMAND for a program that can't run there
 */
export function webFunctions(
  functions: readonly ResolvedFunction[],
  files: readonly PackageFile[],
  target: BuildTarget,
): WebFunctions {
  const byName = new Map(files.map((file) => [file.name, file]));
  const servers: Record<string, WebSettings> = {};
  for (const { name, web } of functions) {
    if (web === undefined) continue;
    const { command: words, ...settings } = web;
    servers[name] = words === undefined ? settings : { ...settings, command: webCommand(name, words, byName, target) };
  }
  return servers;
}

/** A script that the engine runs for a server. */
export interface ServerScript {
  /** From the package's folder. */
  readonly name: string;
  /** Whether it is the server itself, rather than something that is loaded ahead of it. */
  readonly main: boolean;
}

/** The scripts that the engine runs for a server, of those in the project that nothing else puts in the package. */
export function serverScripts(
  root: string,
  { web }: ResolvedFunction,
  isIncluded: (name: string) => boolean,
): readonly ServerScript[] {
  return scriptsOf(web?.command ?? []).filter(
    ({ name }) =>
      !name.startsWith("/") &&
      !isIncluded(name) &&
      SOURCE_EXTENSIONS.includes(extname(name)) &&
      isFile(join(root, name)),
  );
}

/** What `node` and `bun` are told to run, by its name in the package: first what is loaded ahead of the server. */
function scriptsOf(words: readonly string[]): readonly ServerScript[] {
  const [first = "", ...rest] = words;
  if (SOURCE_EXTENSIONS.includes(extname(first))) return [{ name: posix.normalize(first), main: true }];
  if (!ENGINE_NAMES.includes(first)) return [];
  const scripts: ServerScript[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (CODE_FLAGS.includes(word)) break;
    if (SCRIPT_FLAGS.includes(word)) scripts.push({ name: posix.normalize(rest.shift() ?? ""), main: false });
    else if (VALUE_FLAGS.includes(word)) rest.shift();
    else if (!word.startsWith("-") && !(first === "bun" && word === "run"))
      return [...scripts, { name: posix.normalize(word), main: true }];
  }
  return scripts;
}

function webCommand(
  name: string,
  words: readonly string[],
  files: ReadonlyMap<string, PackageFile>,
  target: BuildTarget,
): WebCommand {
  const [first = "", ...rest] = words;
  const scripts = scriptsOf(words);
  if (scripts.length > 0 || ENGINE_NAMES.includes(first)) {
    const lacking = scripts.find(
      (one) => SOURCE_EXTENSIONS.includes(extname(one.name)) && !isInPackage(one.name, files),
    );
    if (lacking !== undefined) throw missing(name, lacking.name);
    return { engine: true, words };
  }
  if (first.startsWith("/")) return { engine: false, words };
  const path = posix.normalize(first);
  const file = files.get(path);
  if (file === undefined) {
    if (first.includes("/")) throw missing(name, path);
    if (PACKAGE_MANAGERS.includes(first)) throw notOnLambda(name, first);
    return { engine: false, words };
  }
  checkProgram(name, file, target);
  return { engine: false, words: [`./${path}`, ...rest] };
}

function isInPackage(script: string, files: ReadonlyMap<string, PackageFile>): boolean {
  return script.startsWith("/") || files.has(script);
}

function checkProgram(name: string, file: PackageFile, target: BuildTarget): void {
  // What a link points to is checked where it lies.
  if (file.link !== undefined) return;
  if (!file.executable) {
    throw new Fault(
      "MAYFLY_WEB_COMMAND",
      `The server of functions.${name} can't be run: ${file.path} is not executable.`,
      {
        hint: `chmod +x ${file.path}`,
      },
    );
  }
  const kind = binaryKindOf(file.path);
  const isForeign =
    target.os === "linux"
      ? kind.kind === "mach-o" || (kind.kind === "elf" && kind.machine !== target.arch)
      : kind.kind === "elf";
  if (!isForeign) return;
  throw new Fault(
    "MAYFLY_WEB_COMMAND",
    `The server of functions.${name} can't be run: ${file.path} is made for another system or processor than ${target.os === "linux" ? "Linux" : "macOS"} ${target.arch}.`,
    { hint: "Compile it for the function's architecture, or say which one that is with arch." },
  );
}

function notOnLambda(name: string, program: string): Fault {
  return new Fault(
    "MAYFLY_WEB_COMMAND",
    `The server of functions.${name} is started by ${program}, which is not on Lambda.`,
    {
      hint: 'Write what it starts in the end, such as "node server.js".',
    },
  );
}

function missing(name: string, path: string): Fault {
  return new Fault("MAYFLY_WEB_COMMAND", `The server of functions.${name} runs ${path}, which is not in the package.`, {
    hint: `Put it there: include: [${JSON.stringify(path)}], or the folder that it needs to run.`,
  });
}
