import { readSync } from "node:fs";
import { promisify } from "node:util";
import { crc32, inflateRaw, inflateRawSync } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { MAX_UNZIPPED_BYTES } from "../../protocol/limits.ts";
import { messageOf } from "../../support/system-error.ts";
import { damaged, zipTooLarge } from "./zip-faults.ts";

const inflateAside = promisify(inflateRaw);

/** Reads ahead: the list of 70,000 files is read in a few pieces instead of 140,000. */
const WINDOW_BYTES = 1024 * 1024;
/** What is smaller is inflated sooner than handed to another thread. */
const ASIDE_BYTES = 256 * 1024;
const [STORED, DEFLATED] = [0, 8];

/** An open zip file; names and checks of them are the caller's. */
export async function readZip(descriptor: number, bytes: number): Promise<ZipFile> {
  return fromRandomAccessReaderPromise(new WindowReader(descriptor), bytes, {
    autoClose: false,
    decodeStrings: false,
  });
}

/**
 * What an entry holds.
 * @throws Fault MAYFLY_NOT_A_ZIP for another size or checksum than it says
 */
export async function contentOf(
  file: string,
  descriptor: number,
  zip: ZipFile,
  entry: Entry,
  name: string,
): Promise<Buffer> {
  if (entry.isEncrypted()) throw damaged(file, name, "is encrypted, which Lambda can't read");
  const { compressionMethod: method, compressedSize, uncompressedSize: size } = entry;
  if (compressedSize > 2 * MAX_UNZIPPED_BYTES) throw zipTooLarge(file);
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = Buffer.allocUnsafe(compressedSize);
  readAll(descriptor, packed, fileDataStart);
  const content = await inflated(file, name, packed, method, size);
  if (content.length !== size) throw damaged(file, name, `has ${content.length} bytes, where it says ${size}`);
  if (crc32(content) !== entry.crc32) throw damaged(file, name, "doesn't match its checksum");
  return content;
}

async function inflated(file: string, name: string, packed: Buffer, method: number, size: number): Promise<Buffer> {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw damaged(file, name, `is packed by method ${method}, which Lambda can't read`);
  // One byte more than stated, so that one that lies is told as that.
  const limit = { maxOutputLength: size + 1 };
  try {
    return size < ASIDE_BYTES ? inflateRawSync(packed, limit) : await inflateAside(packed, limit);
  } catch (cause) {
    throw damaged(file, name, `can't be unpacked to the ${size} bytes that it says it has (${messageOf(cause)})`);
  }
}

class WindowReader extends RandomAccessReader {
  readonly #descriptor: number;
  readonly #window: Buffer = Buffer.allocUnsafe(WINDOW_BYTES);
  #from = 0;
  #to = 0;

  constructor(descriptor: number) {
    super();
    this.#descriptor = descriptor;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    try {
      this.#read(buffer.subarray(offset, offset + length), position);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(messageOf(error)));
      return;
    }
    callback(null);
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }

  #read(into: Buffer, position: number): void {
    if (into.length > WINDOW_BYTES) {
      readAll(this.#descriptor, into, position);
      return;
    }
    if (position < this.#from || position + into.length > this.#to) {
      this.#from = position;
      this.#to = position + readSync(this.#descriptor, this.#window, 0, WINDOW_BYTES, position);
      if (position + into.length > this.#to) throw new Error("it ends too early");
    }
    this.#window.copy(into, 0, position - this.#from);
  }
}

function readAll(descriptor: number, into: Buffer, position: number): void {
  for (let done = 0; done < into.length;) {
    const read = readSync(descriptor, into, done, into.length - done, position + done);
    if (read === 0) throw new Error("it ends too early");
    done += read;
  }
}
