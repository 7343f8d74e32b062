import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { runMayfly } from "./run-mayfly.ts";

/** The variable that names the folder; `global-setup.ts` sets it. */
export const SHARED = "MAYFLY_TEST_SHARED";

/**
 * A folder that is made once in a run, by whichever test file asks first: the others wait. To be read only.
 * @param key what it is made of
 * @param make fills the folder, which is there and empty
 */
export async function shared(key: unknown, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(sharedFolder(), createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 16));
  const outcome = `${folder}.outcome`;
  if (isFirst(folder)) {
    try {
      await make(folder);
      writeFileSync(outcome, "");
    } catch (error) {
      writeFileSync(outcome, String(error));
      throw error;
    }
  }
  await eventually(() => {
    if (!existsSync(outcome)) throw new Error(`Nobody has made ${JSON.stringify(key)}`);
  });
  const problem = readFileSync(outcome, "utf8");
  if (problem !== "") throw new Error(`Another test file could not make it: ${problem}`);
  return folder;
}

/** Gone with the run. */
export function sharedFolder(): string {
  const folder = process.env[SHARED];
  if (folder === undefined) throw new Error(`${SHARED} is not set: vitest has not run test/support/global-setup.ts`);
  return folder;
}

/**
 * For the environment of commands that build Mix projects: one cache for the run, in which each project has its place.
 * Mayfly's own agent, which is most of what a first build compiles, is compiled by the first of all.
 */
export function mixCache(): { readonly MAYFLY_CACHE_DIR: string } {
  return { MAYFLY_CACHE_DIR: join(sharedFolder(), "mix-cache") };
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

export interface SharedBuild {
  /** The project's folder. */
  readonly cwd: string;
  /** Default: what the project has. */
  readonly entries?: readonly string[];
  readonly flags?: readonly string[];
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The folder with the `bootstrap` of a project, and what goes with it, built by the real command. */
export function sharedBuild({ cwd, entries = [], flags = [], environment = {} }: SharedBuild): Promise<string> {
  return shared([cwd, entries, flags, environment], async (folder) => {
    const args = ["build", ...entries, "--outdir", folder, "--json", ...flags];
    const { code, stdout, stderr } = await runMayfly(args, { cwd, environment: { ...process.env, ...environment } });
    if (code !== 0) throw new Error(`mayfly build failed: ${stdout}${stderr}`);
  });
}
