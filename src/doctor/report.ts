import type { Artifact } from "../build/artifact.ts";

/** What `mayfly doctor --json` prints; described in docs/doctor.md. Sizes are bytes. */
export interface DoctorReport {
  /** Of this shape. It grows by new fields; anything else is another number. */
  readonly version: 1;
  readonly artifacts: readonly DoctorArtifact[];
  /** All code as it is bundled, before it is compiled. */
  readonly bundle: {
    readonly bytes: number;
    readonly own: number;
    readonly runtime: number;
    /** The largest first. */
    readonly packages: readonly BundledPackage[];
    readonly modules: readonly BundledModule[];
  };
  readonly leftOut: readonly LeftOutImport[];
  readonly advice: readonly string[];
  readonly warnings: readonly string[];
}

export interface DoctorArtifact extends Pick<Artifact, "path" | "arch" | "bytes" | "unzippedBytes"> {
  /** All that lies in it, the largest first. */
  readonly files: readonly PackedFile[];
}

export interface PackedFile {
  readonly name: string;
  readonly bytes: number;
  /** What of the zip it takes. */
  readonly zippedBytes: number;
  /** Why it is there. */
  readonly rule: string;
}

export interface BundledPackage {
  readonly name: string;
  /** As installed; several where there are several copies. */
  readonly versions: readonly string[];
  readonly bytes: number;
  readonly modules: number;
  /** The shortest way from an entry to it: files of the project and packages. */
  readonly why: readonly string[];
}

export interface BundledModule {
  /** From the project's root. */
  readonly name: string;
  readonly package: string | null;
  readonly bytes: number;
}

export interface LeftOutImport {
  readonly specifier: string;
  /** Files from the project's root. */
  readonly importers: readonly string[];
  readonly why: string;
}
