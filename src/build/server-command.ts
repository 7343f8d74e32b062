import { readFileSync } from "node:fs";
import { extname, join, posix } from "node:path";
import { Fault } from "../fault.ts";
import { isFile, SOURCE_EXTENSIONS } from "../project/source-file.ts";
import type { ResolvedFunction } from "../project/types.ts";
import type { WebCommand, WebFunctions, WebSettings } from "../protocol/web-settings.ts";
import { readBinaryKind } from "./addon.ts";
import type { PackageFile } from "./package-files.ts";
import type { BuildTarget } from "./target.ts";

/** On Lambda there is neither; Mayfly's own engine runs what they would. */
const ENGINE_NAMES: readonly string[] = ["node", "bun"];
const BINARY_HEADER_BYTES = 20;

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

/** The script that the engine runs for a server, if it is one of the project that nothing else puts in the package. */
export function serverScript(
  root: string,
  { web }: ResolvedFunction,
  isIncluded: (name: string) => boolean,
): string | undefined {
  const script = scriptOf(web?.command ?? []);
  if (script === undefined || script.startsWith("/") || isIncluded(script)) return undefined;
  return SOURCE_EXTENSIONS.includes(extname(script)) && isFile(join(root, script)) ? script : undefined;
}

/** What `node` and `bun` are told to run, by its name in the package. */
function scriptOf(words: readonly string[]): string | undefined {
  const [first = "", ...rest] = words;
  if (SOURCE_EXTENSIONS.includes(extname(first))) return posix.normalize(first);
  if (!ENGINE_NAMES.includes(first)) return undefined;
  const script = rest.find((word) => !word.startsWith("-") && !(first === "bun" && word === "run"));
  return script === undefined ? undefined : posix.normalize(script);
}

function webCommand(
  name: string,
  words: readonly string[],
  files: ReadonlyMap<string, PackageFile>,
  target: BuildTarget,
): WebCommand {
  const [first = "", ...rest] = words;
  const script = scriptOf(words);
  if (script !== undefined || ENGINE_NAMES.includes(first)) {
    if (script !== undefined && SOURCE_EXTENSIONS.includes(extname(script)) && !isInPackage(script, files)) {
      throw missing(name, script);
    }
    return { engine: true, words };
  }
  if (first.startsWith("/")) return { engine: false, words };
  const path = posix.normalize(first);
  const file = files.get(path);
  if (file === undefined) {
    if (first.includes("/")) throw missing(name, path);
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
  const kind = readBinaryKind(readFileSync(file.path).subarray(0, BINARY_HEADER_BYTES));
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

function missing(name: string, path: string): Fault {
  return new Fault("MAYFLY_WEB_COMMAND", `The server of functions.${name} runs ${path}, which is not in the package.`, {
    hint: `Put it there: include: [${JSON.stringify(path)}], or the folder that it needs to run.`,
  });
}
