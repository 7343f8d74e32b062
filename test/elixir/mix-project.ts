import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type CommandResult, runMayfly } from "../support/run-mayfly.ts";
import { mixCache, sharedFolder } from "../support/shared.ts";

export type { CommandResult } from "../support/run-mayfly.ts";

/** A Mix project in a folder of its own. */
export interface MixProject extends Disposable {
  readonly folder: string;
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** Runs the real `mayfly` command in it. */
  readonly mayfly: (args: readonly string[], environment?: NodeJS.ProcessEnv) => Promise<CommandResult>;
}

const PROJECTS = resolve(import.meta.dirname, "projects");

/** Elixir's tests need Elixir. In CI they must not pass by being skipped. */
export const withoutElixir: boolean =
  process.env["CI"] === undefined && spawnSync("mix", ["--version"], { stdio: "ignore" }).error !== undefined;

/** A copy of one of the projects beside this file. */
export function copyProject(name: string): MixProject {
  return mixProject((folder) => cpSync(join(PROJECTS, name), folder, { recursive: true }));
}

/** What `mix new hello` makes, with `source` as lib/hello.ex. */
export function newProject(source: string): MixProject {
  return mixProject((folder) => {
    cpSync(mixNew(), folder, { recursive: true });
    writeFileSync(join(folder, "lib/hello.ex"), source);
  });
}

/** What mix makes is the same each time: once for a test file. */
function mixNew(): string {
  const folder = join(sharedFolder(), `mix-new-${process.pid}`);
  if (existsSync(folder)) return folder;
  const { status, stderr } = spawnSync("mix", ["new", folder, "--app", "hello"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`mix new failed: ${stderr}`);
  return folder;
}

function mixProject(fill: (folder: string) => void): MixProject {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-mix-")));
  const folder = join(home, "project");
  fill(folder);
  return {
    folder,
    write(files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
    },
    mayfly: (args, environment = {}) =>
      runMayfly(args, {
        cwd: folder,
        environment: { ...process.env, ...mixCache(), ...environment },
      }),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}
