import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { ScriptedRuntimeApi } from "../../contract/runtime-api.ts";
import { startProcess } from "../../contract/runtime-process.ts";
import type { FileResult, TestFile } from "./src/run-file.ts";

const IN_NODE = join(import.meta.dirname, "src/in-node.ts");

/** Runs a test file under Node.js, in a process of its own. */
export async function runInNode(node: string, file: TestFile): Promise<FileResult> {
  const given = ["--no-warnings", IN_NODE, file.root, file.file, file.variant];
  const { stdout } = await promisify(execFile)(node, given, { maxBuffer: 2 ** 28 });
  return parsed(JSON.parse(stdout));
}

/** Runs a test file in the handler of a bootstrap, in a process of its own. */
export async function runInBootstrap(bootstrap: string, file: TestFile): Promise<FileResult> {
  const api = await ScriptedRuntimeApi.start();
  const runtime = startProcess(api.address, { bootstrap, handler: "run-file.runFile" });
  try {
    const { kind, body } = await api.invoke(file, { deadlineMs: Date.now() + 120_000 });
    return kind === "response"
      ? parsed(JSON.parse(body.toString()))
      : { status: body.toString(), passed: [], failed: {} };
  } finally {
    runtime.kill();
    await runtime.exited;
    await api.stop();
  }
}

function parsed(value: unknown): FileResult {
  if (!isResult(value)) throw new Error(`no result of a test file: ${JSON.stringify(value)}`);
  return value;
}

function isResult(value: unknown): value is FileResult {
  return typeof value === "object" && value !== null && "status" in value && "passed" in value && "failed" in value;
}
