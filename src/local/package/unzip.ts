import { createWriteStream } from "node:fs";
import { mkdir, readlink, realpath, symlink } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, relative, sep } from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import { openPromise, type Entry, type ZipFile } from "yauzl";
import { Fault } from "../../fault.ts";
import { MAX_UNZIPPED_BYTES } from "../../protocol/limits.ts";
import { messageOf, systemErrorCode } from "../../support/system-error.ts";

/** The type bits of a Unix mode. */
const TYPE_MASK = 0o170000;
const SYMLINK = 0o120000;

/**
 * Unpacks a deployment package into an empty folder. Files come out 0644, or 0755 if any execute bit was set.
 * @throws Fault MAYFLY_PACKAGE_NOT_FOUND, MAYFLY_NOT_A_ZIP, MAYFLY_UNSAFE_ZIP, MAYFLY_PACKAGE_TOO_LARGE
 */
export async function unzip(file: string, into: string): Promise<void> {
  const zip = await openZip(file);
  const root = await realpath(into);
  const allowance = new Allowance(file);
  try {
    for await (const entry of zip.eachEntry()) await extract(file, zip, entry, root, allowance);
  } catch (error) {
    throw error instanceof Fault ? error : unreadable(file, error);
  } finally {
    zip.close();
  }
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    // Names are checked below; yauzl itself would name neither the file nor what to do.
    return await openPromise(file, { autoClose: false, decodeStrings: true, strictFileNames: true });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "EISDIR") {
      throw new Fault("MAYFLY_PACKAGE_NOT_FOUND", `There is no zip file ${file}.`, {
        hint: "Build one with: mayfly build --zip",
        cause: error,
      });
    }
    throw unreadable(file, error);
  }
}

async function extract(file: string, zip: ZipFile, entry: Entry, root: string, allowance: Allowance): Promise<void> {
  const target = safePath(file, entry.fileName, root);
  if (entry.fileName.endsWith("/")) {
    await mkdir(target, { recursive: true });
    await refuseDetour(file, entry.fileName, target, root);
    return;
  }
  await mkdir(dirname(target), { recursive: true });
  await refuseDetour(file, entry.fileName, dirname(target), root);
  const mode = entry.externalFileAttributes >>> 16;
  const content = await zip.openReadStreamPromise(entry);
  if ((mode & TYPE_MASK) === SYMLINK) return link(file, entry.fileName, target, content, root);
  const permissions = (mode & 0o111) === 0 ? 0o644 : 0o755;
  // "wx": a name that comes twice, or over a link, is refused instead of followed.
  await pipeline(content, allowance.meter(), createWriteStream(target, { flags: "wx", mode: permissions }));
}

function safePath(file: string, name: string, root: string): string {
  const path = normalize(name);
  if (
    isAbsolute(name) ||
    /^[A-Za-z]:/.test(name) ||
    path === ".." ||
    path.startsWith(`..${sep}`) ||
    name.includes("\\")
  ) {
    throw unsafe(file, name);
  }
  return join(root, path);
}

/** An earlier entry may have been a link: the folder must really be inside. */
async function refuseDetour(file: string, name: string, folder: string, root: string): Promise<void> {
  if (!isInside(await realpath(folder), root)) throw unsafe(file, name);
}

async function link(file: string, name: string, target: string, content: Readable, root: string): Promise<void> {
  const destination = await text(content);
  if (isAbsolute(destination) || !isInside(join(dirname(target), destination), root)) throw unsafe(file, name);
  await symlink(destination, target);
  await readlink(target);
}

function isInside(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Counts what is really unpacked: sizes stated in a zip may lie. */
class Allowance {
  readonly #file: string;
  #bytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  meter(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#bytes += chunk.length;
        if (this.#bytes > MAX_UNZIPPED_BYTES) done(tooLarge(this.#file));
        else done(null, chunk);
      },
    });
  }
}

function unsafe(file: string, name: string): Fault {
  return new Fault(
    "MAYFLY_UNSAFE_ZIP",
    `The zip file ${file} holds "${name}", which would leave the folder it is unpacked to.`,
    {
      hint: "Build the package anew with: mayfly build --zip",
    },
  );
}

function tooLarge(file: string): Fault {
  return new Fault("MAYFLY_PACKAGE_TOO_LARGE", `Unpacked, ${file} is larger than Lambda's limit of 250 MiB.`, {
    hint: "Leave out what the function doesn't need, or deploy it as a container image.",
  });
}

function unreadable(file: string, cause: unknown): Fault {
  return new Fault("MAYFLY_NOT_A_ZIP", `The file ${file} can't be read as a zip file: ${messageOf(cause)}`, {
    hint: "Build the package anew with: mayfly build --zip",
    cause,
  });
}
