import type { Arch } from "../project/types.ts";

/** Where a bootstrap is to run. Lambda is always Linux; macOS is for invoking on the developer's own machine. */
export interface BuildTarget {
  readonly os: "linux" | "darwin";
  readonly arch: Arch;
  /** Whether Lambda's system libraries are what it meets there. */
  readonly lambda: boolean;
}

export function lambdaTarget(arch: Arch): BuildTarget {
  return { os: "linux", arch, lambda: true };
}

/** This machine, so that what is built can run here. */
export function hostTarget(): BuildTarget {
  return {
    os: process.platform === "darwin" ? "darwin" : "linux",
    arch: process.arch === "arm64" ? "arm64" : "x86_64",
    lambda: false,
  };
}

export function sameTarget(a: BuildTarget, b: BuildTarget): boolean {
  return a.os === b.os && a.arch === b.arch;
}
