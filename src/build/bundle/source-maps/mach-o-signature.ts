import { createHash } from "node:crypto";

/*
 * The format is Apple's, from the sources of its kernel (xnu): EXTERNAL_HEADERS/mach-o/loader.h for the executable, with
 * little-endian numbers, and osfmk/kern/cs_blobs.h for the signature inside, with big-endian ones.
 */
const MH_MAGIC_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_CODE_SIGNATURE = 0x1d;

const CSMAGIC_EMBEDDED_SIGNATURE = 0xfade0cc0;
const CSMAGIC_CODEDIRECTORY = 0xfade0c02;
const CSSLOT_SIGNATURESLOT = 0x10000;
const SUPER_BLOB_BYTES = 12;
const BLOB_INDEX_BYTES = 8;
const GENERIC_BLOB_BYTES = 8;

const CS_SUPPORTSSCATTER = 0x20100;
const CS_SUPPORTSCODELIMIT64 = 0x20300;

/** By `CS_HASHTYPE_…`. The third is the second cut short, as is each that is longer than a directory's hashes. */
const ALGORITHMS: ReadonlyMap<number, string> = new Map([
  [1, "sha1"],
  [2, "sha256"],
  [3, "sha256"],
]);

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** What to write into a file, and where. */
export interface BytePatch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export type SignatureMend =
  | { readonly kind: "unsigned" }
  /** Signed with a certificate: the signature is of the hashes, and only who has the key can make another. */
  | { readonly kind: "certified" }
  | { readonly kind: "ad-hoc"; readonly patches: readonly BytePatch[] };

interface CodeDirectory {
  /** In the file, of the first page's hash. */
  readonly hashes: number;
  readonly hashBytes: number;
  readonly algorithm: string;
  readonly pages: number;
  readonly pageBytes: number;
  /** Where the hashed part of the file ends, and with it the last page. */
  readonly limit: number;
}

/**
 * What makes the ad-hoc signature of an executable valid again after bytes of it were changed: the hashes of their pages
 * anew, in each of its code directories. macOS on arm64 ends a program as soon as it meets a page with another hash.
 * @param executable with the changes
 * @throws Error when it is no thin 64-bit Mach-O, or signed in a way that isn't known here
 */
export function mendSignature(executable: Uint8Array, changed: readonly ByteRange[]): SignatureMend {
  const view = new DataView(executable.buffer, executable.byteOffset, executable.byteLength);
  const signature = findSignature(view);
  if (signature === undefined) return { kind: "unsigned" };
  const blobs = readBlobs(view, signature);
  // Ad-hoc signatures have this blob too, but empty, or don't have it at all.
  const isCertified = blobs.some(
    ({ slot, offset }) => slot === CSSLOT_SIGNATURESLOT && view.getUint32(offset + 4) > GENERIC_BLOB_BYTES,
  );
  if (isCertified) return { kind: "certified" };
  const directories = blobs.filter(({ offset }) => view.getUint32(offset) === CSMAGIC_CODEDIRECTORY);
  const patches = directories.flatMap(({ offset }) => {
    const directory = readDirectory(view, offset);
    return changedPages(directory, changed).map((page) => hashPage(executable, directory, page));
  });
  return { kind: "ad-hoc", patches };
}

/** Where the signature begins; `undefined` if there is none. */
function findSignature(view: DataView): number | undefined {
  if (view.byteLength < HEADER_BYTES || view.getUint32(0, true) !== MH_MAGIC_64) {
    throw new Error("The executable is no thin 64-bit Mach-O");
  }
  const commands = view.getUint32(16, true);
  for (let command = 0, at = HEADER_BYTES; command < commands; command += 1) {
    if (view.getUint32(at, true) === LC_CODE_SIGNATURE) return view.getUint32(at + 8, true);
    at += view.getUint32(at + 4, true);
  }
  return undefined;
}

function readBlobs(view: DataView, signature: number): readonly { readonly slot: number; readonly offset: number }[] {
  const magic = view.getUint32(signature);
  if (magic !== CSMAGIC_EMBEDDED_SIGNATURE) throw new Error(`A signature of an unknown kind: ${magic.toString(16)}`);
  return Array.from({ length: view.getUint32(signature + 8) }, (_, index) => {
    const at = signature + SUPER_BLOB_BYTES + index * BLOB_INDEX_BYTES;
    return { slot: view.getUint32(at), offset: signature + view.getUint32(at + 4) };
  });
}

function readDirectory(view: DataView, at: number): CodeDirectory {
  const version = view.getUint32(at + 8);
  if (version >= CS_SUPPORTSSCATTER && view.getUint32(at + 44) !== 0) {
    throw new Error("A signature of pages that aren't in order");
  }
  const hashType = view.getUint8(at + 37);
  const algorithm = ALGORITHMS.get(hashType);
  if (algorithm === undefined) throw new Error(`A signature with hashes of an unknown kind: ${hashType}`);
  const limit64 = version >= CS_SUPPORTSCODELIMIT64 ? Number(view.getBigUint64(at + 56)) : 0;
  const limit = limit64 === 0 ? view.getUint32(at + 32) : limit64;
  const pageBits = view.getUint8(at + 39);
  return {
    hashes: at + view.getUint32(at + 16),
    hashBytes: view.getUint8(at + 36),
    algorithm,
    pages: view.getUint32(at + 28),
    // None: the file is one page.
    pageBytes: pageBits === 0 ? limit : 2 ** pageBits,
    limit,
  };
}

/** Each once. What lies behind the hashed part of the file has no page. */
function changedPages({ pages, pageBytes }: CodeDirectory, changed: readonly ByteRange[]): readonly number[] {
  const found = new Set<number>();
  for (const { offset, length } of changed) {
    const end = Math.min(Math.ceil((offset + length) / pageBytes), pages);
    for (let page = Math.floor(offset / pageBytes); page < end; page += 1) found.add(page);
  }
  return [...found];
}

function hashPage(executable: Uint8Array, directory: CodeDirectory, page: number): BytePatch {
  const { hashes, hashBytes, algorithm, pageBytes, limit } = directory;
  const bytes = executable.subarray(page * pageBytes, Math.min((page + 1) * pageBytes, limit));
  const hash = createHash(algorithm).update(bytes).digest();
  return { offset: hashes + page * hashBytes, bytes: hash.subarray(0, hashBytes) };
}
