import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../fault.ts";
import { isFile } from "../../support/files.ts";
import { ownerTag } from "../../support/left-over.ts";
import { cacheFolder, writeToCache } from "../cache-folder.ts";
import { npmPack } from "../npm-pack.ts";
import { ENGINE_VERSION, type EnginePin } from "./engine-pins.ts";
import { withTemporaryFolder } from "../../support/temporary-folder.ts";

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
  // Told before 40 MB are fetched for it.
  writeToCache(() => mkdirSync(folder, { recursive: true }));
  const binary = await withTemporaryFolder((temporary) => download(pin, root, temporary, folder, name));
  writeToCache(() => renameSync(binary, cached));
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
  const packed = await npmPack(`${pin.package}@${ENGINE_VERSION}`, root);
  if ("problem" in packed) throw downloadFault(pin, packed.problem);
  const bytes = packed.tarball;
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
  const beside = join(folder, `${name}.${ownerTag()}.partial`);
  writeToCache(() => {
    try {
      copyFileSync(unpacked, beside);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  });
  return beside;
}

function downloadFault(pin: EnginePin, problem: string): Fault {
  const specifier = `${pin.package}@${ENGINE_VERSION}`;
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
