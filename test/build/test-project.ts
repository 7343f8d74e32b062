import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CommandResult, runMayfly } from "../support/run-mayfly.ts";

export type { CommandResult } from "../support/run-mayfly.ts";

export interface RunOptions {
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** From the project folder. */
  readonly cwd?: string;
}

/** A project folder for one test, given as files by path. */
export interface TestProject extends Disposable {
  readonly folder: string;
  readonly write: (files: Readonly<Record<string, string>>) => void;
  /** Runs the real `mayfly` command in it. */
  readonly mayfly: (args: readonly string[], options?: RunOptions) => Promise<CommandResult>;
}

/** @param place a folder below the temporary one, for tests about where a project lies */
export function testProject(files: Readonly<Record<string, string>>, place = ""): TestProject {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-test-")));
  const folder = join(home, place);
  const write = (contents: Readonly<Record<string, string>>): void => {
    for (const [path, content] of Object.entries(contents)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  };
  // Its own package.json keeps the search for the project root from going further up.
  write({ "package.json": "{}", ...files });
  return {
    folder,
    write,
    mayfly: (args, options = {}) =>
      runMayfly(args, {
        cwd: join(folder, options.cwd ?? ""),
        environment: { ...process.env, ...options.environment },
      }),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}
