import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

const COMMAND = resolve(import.meta.dirname, "../../bin/mayfly.js");

export interface BuiltPackage extends Disposable {
  readonly zip: string;
}

/** The `lambda.zip` of a project, made by the real command for this machine. */
export async function buildZip(
  project: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BuiltPackage> {
  const outdir = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-web-")));
  const child = spawn(process.execPath, [COMMAND, "build", "--zip", "--host", "--outdir", outdir], {
    cwd: project,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<number | null>((settle, reject) => {
    child.once("error", reject);
    child.once("close", settle);
  });
  const [errors, code] = await Promise.all([text(child.stderr), ended]);
  const remove = (): void => rmSync(outdir, { recursive: true, force: true });
  if (code === 0) return { zip: join(outdir, "lambda.zip"), [Symbol.dispose]: remove };
  remove();
  throw new Error(`mayfly build failed: ${errors}`);
}
