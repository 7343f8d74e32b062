import { dirname, extname, resolve } from "node:path";
import type { Command } from "commander";
import { buildProject } from "../build/build.ts";
import { compileOptions } from "../build/compile-options.ts";
import { hostTarget } from "../build/target.ts";
import { resolveProject } from "../project/resolve.ts";
import { SOURCE_EXTENSIONS } from "../project/source-file.ts";
import { isDirectory } from "../support/files.ts";
import type { ResolvedProject } from "../project/types.ts";
import { chooseFunction, withHandler, type ChosenFunction } from "../local/choose-function.ts";
import type { PackageFlags } from "./function-options.ts";
import { isJson } from "./read-event.ts";
import { showProgress } from "./terminal.ts";

/**
 * The package to run and its settings: the zip that is named, or the project, built for this machine into `outdir`.
 * @param name a function of the config, if there are several
 * @throws Fault as the build and the choice do
 */
export async function preparePackage(
  name: string | undefined,
  flags: PackageFlags,
  outdir: string,
  quiet: boolean,
): Promise<ChosenFunction> {
  if (flags.zip !== undefined) return withHandler(resolve(process.cwd(), flags.zip), flags.handler);
  const progress = showProgress(process.stderr, quiet);
  try {
    const project = await namedProject(flags);
    // Lambda's architecture may not be this machine's.
    const built = await buildProject(project, {
      outdir,
      zip: false,
      target: hostTarget(),
      compile: compileOptions(),
      progress: progress.step,
    });
    const chosen = chooseFunction(built, { function: name, handler: flags.handler });
    return { ...chosen, artifact: dirname(chosen.artifact) };
  } finally {
    progress.done();
  }
}

/** @throws Fault as resolving a project does */
export function namedProject(flags: PackageFlags): Promise<ResolvedProject> {
  return resolveProject({
    cwd: process.cwd(),
    entries: flags.entry === undefined ? [] : [flags.entry],
    ...(flags.config !== undefined && { config: flags.config }),
  });
}

const USAGE = 2;

/** A command's first argument is a function of the config; files, events and packages are named by flags. */
export function refuseWhatNamesNoFunction(name: string, flags: PackageFlags, command: Command): void {
  const meant = flagMeant(name, command);
  if (meant !== undefined) {
    command.error(
      `'${name}' is ${meant.what}, not a function of mayfly.config.ts\n(mayfly ${command.name()} ${meant.flag})`,
      {
        exitCode: USAGE,
      },
    );
  }
  if (flags.zip !== undefined) {
    command.error(`A package knows handlers, not functions by name: give --handler instead of '${name}'`, {
      exitCode: USAGE,
    });
  }
}

function flagMeant(name: string, command: Command): { readonly what: string; readonly flag: string } | undefined {
  const takesEvent = command.options.some(({ long }) => long === "--event");
  if (SOURCE_EXTENSIONS.includes(extname(name))) return { what: "a file", flag: `--entry ${name}` };
  if (extname(name) === ".zip") return { what: "a package", flag: `--zip ${name}` };
  if (takesEvent && extname(name) === ".json") return { what: "a file", flag: `--event ${name}` };
  if (takesEvent && isJson(name)) return { what: "an event", flag: `--data '${name}'` };
  return name.includes("/") && isDirectory(name) ? { what: "a folder", flag: `--entry ${name}` } : undefined;
}
