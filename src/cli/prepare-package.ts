import { dirname, resolve } from "node:path";
import { buildProject } from "../build/build.ts";
import { hostTarget } from "../build/target.ts";
import { resolveProject } from "../project/resolve.ts";
import { chooseFunction, withHandler, type ChosenFunction } from "../testing/choose-function.ts";
import { showProgress } from "./terminal.ts";

/** The options of a command that runs a function here. */
export interface PackageFlags {
  readonly zip?: string;
  readonly entry?: string;
  readonly config?: string;
  readonly handler?: string;
}

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
  const cwd = process.cwd();
  if (flags.zip !== undefined) return withHandler(resolve(cwd, flags.zip), flags.handler);
  const progress = showProgress(process.stderr, quiet);
  try {
    const project = await resolveProject({
      cwd,
      entries: flags.entry === undefined ? [] : [flags.entry],
      ...(flags.config !== undefined && { config: flags.config }),
    });
    // Lambda's architecture may not be this machine's.
    const built = await buildProject(project, { outdir, zip: false, target: hostTarget(), progress: progress.step });
    const chosen = chooseFunction(built, { function: name, handler: flags.handler });
    return { ...chosen, artifact: dirname(chosen.artifact) };
  } finally {
    progress.done();
  }
}
