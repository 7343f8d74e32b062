import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

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

const COMMAND = resolve(import.meta.dirname, "../../bin/mayfly.js");

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
    mayfly: (args, options = {}) => run(args, join(folder, options.cwd ?? ""), options.environment ?? {}),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  };
}

async function run(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const code = await new Promise<number>((settle, reject) => {
    child.on("error", reject);
    child.on("close", (status) => settle(status ?? -1));
  });
  return { code, stdout, stderr };
}
