import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { Fault } from "../../../fault.ts";
import { isDirectory } from "../../../support/files.ts";
import { ownerTag } from "../../../support/left-over.ts";
import { cacheFolder, writeToCache } from "../../cache-folder.ts";
import { npmPack } from "../../npm-pack.ts";
import type { BuildTarget } from "../../target.ts";
import { isLocked, type LockedPackage, lockedPackage } from "./locked-package.ts";
import { processorOf } from "./platform.ts";

/** Of one that only one version fits: others are looked up in the registry each time. */
const EXACT = /^\d+\.\d+\.\d+[\w.+-]*$/;

/**
 * The folder of a package that isn't installed, fetched with the user's own npm when the cache doesn't hold it. It is what
 * the project's lockfile says, where that has it.
 * @throws Fault MAYFLY_PACKAGE_DOWNLOAD, MAYFLY_PACKAGE_INTEGRITY
 */
export async function fetchPackage(name: string, wanted: string, root: string, target: BuildTarget): Promise<string> {
  const locked = lockedPackage(root, name, wanted);
  const version = locked?.version ?? wanted;
  const hash =
    locked === undefined ? "" : `-${createHash("sha256").update(locked.integrity).digest("hex").slice(0, 16)}`;
  const place = join(cacheFolder(process.env), "packages", `${name.replaceAll("/", "+")}@${version}${hash}`);
  if (EXACT.test(version) && isDirectory(place)) return place;
  const packed = await npmPack(`${name}@${version}`, root);
  if ("problem" in packed) throw downloadFault(name, version, target, packed.problem);
  if (locked !== undefined && !isLocked(packed.tarball, locked.integrity)) throw integrityFault(name, locked);
  const beside = `${place}.${ownerTag()}.partial`;
  const files = await new Bun.Archive(packed.tarball).files();
  const contents = await Promise.all([...files].map(async ([path, file]) => [path, await file.bytes()] as const));
  writeToCache(() => {
    rmSync(beside, { recursive: true, force: true });
    for (const [path, bytes] of contents) {
      // npm's archives have all in one folder, whatever that is called.
      const to = join(beside, path.split("/").slice(1).join(sep));
      if (!to.startsWith(beside + sep)) continue;
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, bytes);
    }
    // Another build may have put it there meanwhile.
    rmSync(place, { recursive: true, force: true });
    renameSync(beside, place);
  });
  return place;
}

function integrityFault(name: string, { file, version, integrity }: LockedPackage): Fault {
  return new Fault(
    "MAYFLY_PACKAGE_INTEGRITY",
    `${name}@${version} as npm has it isn't the one in ${file}, which has the hash ${integrity}.`,
    { hint: `Find out which is right before you use it. If it was published anew, renew ${file}.` },
  );
}

function downloadFault(name: string, version: string, target: BuildTarget, problem: string): Fault {
  const machine = `--os=${target.os} --cpu=${processorOf(target)}${target.os === "linux" ? " --libc=glibc" : ""}`;
  return new Fault(
    "MAYFLY_PACKAGE_DOWNLOAD",
    `${name}@${version}, which the package needs on ${target.os} ${target.arch}, isn't installed and can't be had from npm:\n${problem}`,
    {
      hint: [
        `Install it for the target and build again: npm install --no-save --force ${machine} ${name}@${version}`,
        `Once fetched it is in ${cacheFolder(process.env)} (MAYFLY_CACHE_DIR says where), which can be brought along.`,
      ].join("\n"),
    },
  );
}
