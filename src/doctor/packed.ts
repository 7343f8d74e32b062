import { openPromise } from "yauzl";
import type { ProgramContents } from "../build/bundle/bundle.ts";
import { ENGINE_FILE, RELEASE_FOLDER } from "../protocol/release-place.ts";
import { packageOfFile } from "../support/package-name.ts";
import type { PackedFile } from "./report.ts";

/** Names of files in a package, by the rule that put them there. */
export interface KnownFiles extends Pick<ProgramContents, "read" | "run" | "readers"> {
  /** By `include` in the config. */
  readonly included: ReadonlySet<string>;
  /** Packages that stay outside of the program for their native code. */
  readonly native: ReadonlySet<string>;
  /** All that were packed since code needs them. */
  readonly beside: ReadonlySet<string>;
}

/** What lies in a zip, the largest first. */
export async function readPacked(path: string, known: KnownFiles): Promise<readonly PackedFile[]> {
  const zip = await openPromise(path, { autoClose: false });
  const files: PackedFile[] = [];
  try {
    for await (const { fileName: name, uncompressedSize, compressedSize } of zip.eachEntry()) {
      files.push({ name, bytes: uncompressedSize, zippedBytes: compressedSize, rule: ruleOf(name, known) });
    }
  } finally {
    zip.close();
  }
  return files.toSorted((a, b) => b.zippedBytes - a.zippedBytes).map((file) => launched(file, files));
}

/** Beside a release, `bootstrap` only starts both. */
function launched(file: PackedFile, all: readonly PackedFile[]): PackedFile {
  const isLauncher = file.name === "bootstrap" && all.some(({ name }) => name === ENGINE);
  return isLauncher ? { ...file, rule: "it starts the program and the release" } : file;
}

const ENGINE = `${RELEASE_FOLDER}/${ENGINE_FILE}`;

function ruleOf(name: string, { included, read, run, readers, native, beside }: KnownFiles): string {
  if (name === "bootstrap" || name === ENGINE) return "the program: engine, runtime and code";
  if (name.startsWith(`${RELEASE_FOLDER}/`)) return "the Elixir release";
  if (included.has(name)) return "include in the config";
  if (native.has(packageOfFile(name) ?? "")) return "a package with native code stays outside of the program";
  const by = whoReads([...(readers.get(name) ?? [])].toSorted());
  if (run.has(name)) return `${by} runs it by itself, as a worker`;
  if (read.has(name)) return `${by} reads it`;
  return beside.has(name) ? "what lies beside the program needs it" : "the script of a server";
}

function whoReads([first = "code", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (and ${others.length} more)`;
}
