import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { Fault } from "../../fault.ts";
import { isFile } from "../../support/files.ts";
import { ENGINE_VERSION, type EnginePin } from "./engine-pins.ts";
import { withTemporaryFolder } from "../../support/temporary-folder.ts";

/** `MAYFLY_CACHE_DIR`, else `mayfly` in the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  if (environment["MAYFLY_CACHE_DIR"]) return resolve(environment["MAYFLY_CACHE_DIR"]);
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "mayfly");
}

/**
 * The path of the pinned engine, fetched with the user's own npm when the cache doesn't hold it. Both
 * the package and, on each use, the binary must have the hashes pinned in Mayfly's source.
 * @throws Fault MAYFLY_ENGINE_DOWNLOAD
 */
export async function fetchEngine(pin: EnginePin, root: string): Promise<string> {
  const name = `bun-${ENGINE_VERSION}-${pin.package.replace("@oven/bun-", "")}`;
  const folder = join(cacheFolder(process.env), "engines");
  const cached = join(folder, name);
  if (isFile(cached)) {
    if (sha256(readFileSync(cached)) === pin.sha256) return cached;
    rmSync(cached, { force: true });
  }
  const binary = await withTemporaryFolder((temporary) => download(pin, root, temporary, folder, name));
  renameSync(binary, cached);
  return cached;
}

/** Returns the path of the checked binary, on the cache's own file system so that a rename makes it appear whole. */
async function download(
  pin: EnginePin,
  root: string,
  temporary: string,
  folder: string,
  name: string,
): Promise<string> {
  await npmPack(`${pin.package}@${ENGINE_VERSION}`, root, temporary);
  const tarball = readdirSync(temporary).find((file) => file.endsWith(".tgz"));
  if (tarball === undefined) throw downloadFault(pin, "npm pack left no file behind.");
  const bytes = readFileSync(join(temporary, tarball));
  const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(bytes).digest("base64")}`;
  if (integrity !== pin.integrity) {
    throw downloadFault(pin, `The package is not the one that was published: its integrity is ${integrity}.`);
  }
  const files = await new Bun.Archive(bytes).files();
  const engine = files.get("package/bin/bun");
  if (engine === undefined) throw downloadFault(pin, "The package holds no bin/bun.");
  const binary = new Uint8Array(await engine.arrayBuffer());
  if (sha256(binary) !== pin.sha256) throw downloadFault(pin, "The binary in the package is not the pinned one.");
  const unpacked = join(temporary, "bun");
  await Bun.write(unpacked, binary);
  chmodSync(unpacked, 0o755);
  mkdirSync(folder, { recursive: true });
  const beside = join(folder, `${name}.${process.pid}.partial`);
  copyFileSync(unpacked, beside);
  return beside;
}

/** npm knows the user's registry, proxy and credentials; asked in the project, for its .npmrc. */
async function npmPack(specifier: string, root: string, destination: string): Promise<void> {
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
  if (problem !== undefined) throw downloadFault(specifier, problem);
}

/** npm says first what happened, then much about itself. */
function firstLines(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.startsWith("npm error") && !line.includes("complete log"));
  return lines.slice(0, 6).join("\n") || stderr.trim();
}

function downloadFault(wanted: EnginePin | string, problem: string): Fault {
  const specifier = typeof wanted === "string" ? wanted : `${wanted.package}@${ENGINE_VERSION}`;
  return new Fault(
    "MAYFLY_ENGINE_DOWNLOAD",
    `The engine for the other architecture can't be had from npm:\n${problem}`,
    {
      hint: [
        `Mayfly needs ${specifier}, once; after that it is in ${cacheFolder(process.env)}.`,
        `Without a network here, run this build once where there is one and bring that folder (MAYFLY_CACHE_DIR says where),`,
        "or build on a machine of the target's architecture.",
      ].join("\n"),
    },
  );
}

function sha256(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}
