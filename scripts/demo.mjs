// `npm run demo`: what a user does with a handler, once, on examples/hello. Shows each command before it runs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = mkdtempSync(join(tmpdir(), "mayfly-demo-"));

try {
  const zip = join(out, "lambda.zip");
  const done =
    run("build", "examples/hello", "--zip", "--outdir", out, ...target()) &&
    run("invoke", "--zip", zip, "--handler", "hello.handle", "--event", "examples/hello/event.json");
  if (!done) process.exitCode = 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}

/** The package has to run here: Lambda's x86_64 is the default, other machines say what they are. */
function target() {
  if (process.platform !== "linux") return ["--host"];
  return process.arch === "arm64" ? ["--arch", "arm64"] : [];
}

function run(...args) {
  process.stderr.write(`\n$ mayfly ${args.join(" ")}\n`);
  const { status, error } = spawnSync(process.execPath, [join(root, "bin/mayfly.js"), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (error !== undefined) throw error;
  return status === 0;
}
