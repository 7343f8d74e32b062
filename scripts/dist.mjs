// Emits the library entry points, `mayfly`, `mayfly/http`, `mayfly/events` and `mayfly/testing`, to dist/esm and dist/cjs with their declarations.
// The command line isn't in dist: it runs from src.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");

const formats = {
  esm: { type: "module", flags: ["--module", "nodenext", "--moduleResolution", "nodenext"] },
  cjs: {
    type: "commonjs",
    flags: ["--module", "commonjs", "--moduleResolution", "bundler", "--verbatimModuleSyntax", "false"],
  },
};

// Emitted aside and moved at the end: a process that reads dist meanwhile finds the old one whole.
// Aside means beside: the source maps hold relative paths.
const aside = (name) => join(root, `dist/.${name}-${process.pid}`);

try {
  const emits = await Promise.allSettled(Object.entries(formats).map(([name, format]) => emit(name, format)));
  for (const result of emits) if (result.status === "rejected") throw result.reason;
  for (const name of Object.keys(formats)) replace(name);
} finally {
  for (const name of [...Object.keys(formats), "old"]) rmSync(aside(name), { recursive: true, force: true });
}

async function emit(name, { type, flags }) {
  const outDir = aside(name);
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, "package.json"), `${JSON.stringify({ type })}\n`);
  const args = [tsc, "-p", join(root, "tsconfig.dist.json"), "--outDir", outDir, ...flags];
  const code = await new Promise((resolve, reject) => {
    spawn(process.execPath, args, { cwd: root, stdio: "inherit" }).once("error", reject).once("exit", resolve);
  });
  if (code !== 0) throw new Error(`tsc couldn't emit dist/${name}`);
  copyPlainCommonJs(outDir);
}

/** What is the same in both formats (it knows its own folder from `__dirname`) is written as JavaScript by hand. */
function copyPlainCommonJs(outDir) {
  const source = join(root, "src");
  for (const file of readdirSync(source, { recursive: true })) {
    if (/\.(cjs|d\.cts)$/.test(file)) cpSync(join(source, file), join(outDir, file));
  }
}

function replace(name) {
  const target = join(root, "dist", name);
  try {
    renameSync(target, aside("old"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(aside(name), target);
  rmSync(aside("old"), { recursive: true, force: true });
}
