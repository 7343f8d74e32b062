import { Fault } from "../../fault.ts";
import { type BinaryKind, binaryKindOf } from "../../support/binary-kind.ts";
import type { BuildTarget } from "../target.ts";

/**
 * Looks at each native add-on that goes into the bundle.
 * @throws Fault MAYFLY_ADDON_TARGET when one can't be loaded on the target
 */
export function checkAddons(target: BuildTarget, files: Iterable<string>): void {
  const addons = [...files].filter((file) => file.endsWith(".node"));
  const list = addons.flatMap((file) => {
    const kind = binaryKindOf(file);
    return runsOn(kind, target) ? [] : [`  ${file} is ${describe(kind)}`];
  });
  if (list.length === 0) return;
  const platform = `${target.os === "linux" ? "Linux" : "macOS"} ${target.arch}`;
  const cpu = target.arch === "arm64" ? "arm64" : "x64";
  throw new Fault("MAYFLY_ADDON_TARGET", `A native add-on can't run on ${platform}:\n${list.join("\n")}`, {
    hint: [
      `Install the package for the target and build again: npm install --os=${target.os} --cpu=${cpu} --libc=glibc --force`,
      "Or leave the package out with --external and provide it in a layer.",
    ].join("\n"),
  });
}

export function runsOn(kind: BinaryKind, target: BuildTarget): boolean {
  switch (kind.kind) {
    case "elf":
      return target.os === "linux" && kind.machine === target.arch;
    case "mach-o":
      return target.os === "darwin" && (kind.machine === "universal" || kind.machine === target.arch);
    case "pe":
    case "unknown":
      return false;
  }
}

function describe(kind: BinaryKind): string {
  switch (kind.kind) {
    case "elf":
      return `for Linux ${kind.machine === "other" ? "on another processor" : kind.machine}`;
    case "mach-o":
      return `for macOS ${kind.machine === "other" ? "on another processor" : kind.machine}`;
    case "pe":
      return "for Windows";
    case "unknown":
      return "not a native library that Mayfly knows";
  }
}
