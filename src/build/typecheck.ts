import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { Fault } from "../fault.ts";
import { sourceLine } from "../project/engine-messages.ts";
import { isFile } from "../support/files.ts";
import { SourceFault, type SourceProblem } from "../project/source-fault.ts";
import type { Entry } from "../project/types.ts";

/** What is assumed of a project without tsconfig.json: strict, and resolved as the bundler does. */
const DEFAULT_FLAGS = [
  "--strict",
  "--skipLibCheck",
  "--target",
  "esnext",
  "--module",
  "preserve",
  "--moduleResolution",
  "bundler",
  "--allowImportingTsExtensions",
];

/**
 * Runs the project's own TypeScript over it.
 * @throws Fault MAYFLY_TYPESCRIPT_MISSING, MAYFLY_TYPECHECK
 * @throws SourceFault MAYFLY_TYPE with each type error
 */
export async function typecheck(root: string, entries: readonly Entry[]): Promise<void> {
  const tsc = findCompiler(root);
  const config = nearestConfig(root);
  const scope =
    config === undefined ? [...DEFAULT_FLAGS, ...entries.map((entry) => entry.file)] : ["--project", config];
  const { code, output } = await run(tsc, ["--noEmit", "--pretty", "false", ...scope], root);
  if (code === 0) return;
  const problems = readProblems(output, root);
  const [first] = problems;
  if (first === undefined) {
    throw new Fault("MAYFLY_TYPECHECK", `tsc failed without naming an error in the code (exit code ${code}).`, {
      hint: output.trim(),
    });
  }
  const count = problems.length === 1 ? "a type error" : `${problems.length} type errors`;
  const files = new Set(problems.map((problem) => problem.file));
  const where = first.file !== undefined && files.size === 1 ? first.file : `${files.size} files`;
  throw new SourceFault("MAYFLY_TYPE", `There ${problems.length === 1 ? "is" : "are"} ${count} in ${where}.`, problems);
}

/** As tsc and editors look for it: a project in a larger repository often has its tsconfig.json further up. */
function nearestConfig(folder: string): string | undefined {
  const config = join(folder, "tsconfig.json");
  if (isFile(config)) return config;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestConfig(parent);
}

function findCompiler(root: string): string {
  try {
    const manifest = createRequire(join(root, "package.json")).resolve("typescript/package.json");
    return join(dirname(manifest), "bin", "tsc");
  } catch (cause) {
    throw new Fault("MAYFLY_TYPESCRIPT_MISSING", `--typecheck needs TypeScript in the project ${root}.`, {
      hint: "npm install --save-dev typescript",
      cause,
    });
  }
}

/** bin/mayfly.js says which Node.js started it; without one, the engine runs the compiler too. */
async function run(tsc: string, flags: readonly string[], root: string): Promise<{ code: number; output: string }> {
  const child = spawn(process.env["MAYFLY_NODE"] || process.execPath, [tsc, ...flags], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = (chunk: string): void => {
    output += chunk;
  };
  child.stdout.setEncoding("utf8").on("data", collect);
  child.stderr.setEncoding("utf8").on("data", collect);
  const code = await new Promise<number>((settle, reject) => {
    child.on("error", reject);
    child.on("close", (status) => settle(status ?? 1));
  });
  return { code, output };
}

const PROBLEM = /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/;

/** `src/hello.ts(3,7): error TS2322: …`, and indented lines that go on with the one before. */
function readProblems(output: string, root: string): SourceProblem[] {
  const problems: SourceProblem[] = [];
  for (const text of output.split(/\r?\n/)) {
    const match = PROBLEM.exec(text);
    const last = problems.at(-1);
    if (match === null) {
      if (text.startsWith(" ") && last !== undefined) {
        problems[problems.length - 1] = { ...last, message: `${last.message}\n${text.trimEnd()}` };
      }
      continue;
    }
    const file = match[1] === undefined ? undefined : resolve(root, match[1]);
    const line = match[2] === undefined ? undefined : Number(match[2]);
    const column = match[3] === undefined ? undefined : Number(match[3]);
    const lineText = sourceLine(file, line);
    const length = identifierLength(lineText, column);
    problems.push({ message: `${match[5] ?? ""} (${match[4] ?? ""})`, file, line, column, length, lineText });
  }
  return problems;
}

/** tsc names where an error starts; the word there is what it is about. */
function identifierLength(lineText: string | undefined, column: number | undefined): number {
  if (lineText === undefined || column === undefined) return 1;
  return /^[\w$]+/.exec(lineText.slice(column - 1))?.[0].length ?? 1;
}
