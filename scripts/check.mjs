// Types, lint and format, side by side: each prints what it has to say when it is over. Ends with 1 if any of them fails.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "..");
const env = { ...process.env, PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter) };

async function run(command, ...args) {
  const child = spawn(command, args, { cwd: root, env, shell: process.platform === "win32" });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  process.stdout.write(`${code === 0 ? "passed" : "FAILED"}: ${[command, ...args].join(" ")}\n${output}`);
  return code === 0;
}

/** What reads the declarations in dist. */
async function checkTypes() {
  if (!(await run("node", "scripts/dist.mjs"))) return false;
  const passed = await Promise.all([
    ...[".", "examples", "test/fixtures/nest"].map((project) => run("tsc", "-p", project)),
    run("oxlint", "--type-aware", "--deny-warnings"),
  ]);
  return passed.every(Boolean);
}

const passed = await Promise.all([checkTypes(), run("oxfmt", "--check")]);
process.exitCode = passed.every(Boolean) ? 0 : 1;
