import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryFolder } from "../support/temporary-folder.ts";

/** A package as the registry has it, or why it can't be had. */
export type Packed = { readonly tarball: Uint8Array<ArrayBuffer> } | { readonly problem: string };

/**
 * Fetches a package with the user's own npm, which knows their registry, proxy and credentials.
 * @param root the project's, for its .npmrc
 */
export function npmPack(specifier: string, root: string): Promise<Packed> {
  return withTemporaryFolder(async (folder) => {
    const problem = await run(specifier, root, folder);
    if (problem !== undefined) return { problem };
    const name = readdirSync(folder).find((file) => file.endsWith(".tgz"));
    return name === undefined
      ? { problem: "npm pack left no file behind." }
      : { tarball: readFileSync(join(folder, name)) };
  });
}

async function run(specifier: string, root: string, destination: string): Promise<string | undefined> {
  const child = spawn("npm", ["pack", specifier, "--pack-destination", destination], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
  });
  // Asked to end, this process must not leave npm behind.
  const stop = (): void => void child.kill();
  process.once("exit", stop);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const problem = await new Promise<string | undefined>((settle) => {
    child.on("error", (error) => settle(`npm can't be started: ${error.message}`));
    child.on("close", (code) => settle(code === 0 ? undefined : firstLines(stderr)));
  });
  process.off("exit", stop);
  return problem;
}

/** npm says first what happened, then much about itself. */
function firstLines(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.startsWith("npm error") && !line.includes("complete log"));
  return lines.slice(0, 6).join("\n") || stderr.trim();
}
