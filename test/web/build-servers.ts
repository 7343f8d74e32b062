import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMayfly } from "../support/run-mayfly.ts";

export interface BuiltPackage extends Disposable {
  /** Holds what a zip would: packing and unpacking 90 MB is not what most tests are about. With `--zip`, `lambda.zip`. */
  readonly folder: string;
}

/** The package of a project, made by the real command for this machine. */
export async function buildPackage(
  project: string,
  environment: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<BuiltPackage> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-web-")));
  const { code, stderr } = await runMayfly(["build", "--host", "--outdir", folder, ...flags], {
    cwd: project,
    environment: { ...process.env, ...environment },
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (code === 0) return { folder, [Symbol.dispose]: remove };
  remove();
  throw new Error(`mayfly build failed: ${stderr}`);
}
