import { dirname } from "node:path";
import { Fault } from "../../fault.ts";
import { type BinaryKind, binaryKindOf } from "../../support/binary-kind.ts";
import type { BuildTarget } from "../target.ts";

export interface AddonInspection {
  readonly plugin: Bun.BunPlugin;
  /** @throws Fault MAYFLY_ADDON_TARGET when a compiled-in add-on can't be loaded on the target */
  readonly check: () => void;
}

/** Looks at each `.node` file that goes into the bundle. */
export function inspectAddons(target: BuildTarget): AddonInspection {
  const wrong: { file: string; is: string }[] = [];
  const seen = new Set<string>();
  return {
    plugin: {
      name: "mayfly-addons",
      setup(build) {
        // On load would be the natural place, but there the engine can't go on with its own loader.
        build.onResolve({ filter: /\.node$/ }, ({ path, importer }) => {
          const file = resolveAddon(path, importer);
          if (file === undefined || seen.has(file)) return undefined;
          seen.add(file);
          const kind = binaryKindOf(file);
          if (!runsOn(kind, target)) wrong.push({ file, is: describe(kind) });
          return undefined;
        });
      },
    },
    check() {
      if (wrong.length === 0) return;
      const list = wrong.map(({ file, is }) => `  ${file} is ${is}`);
      const platform = `${target.os === "linux" ? "Linux" : "macOS"} ${target.arch}`;
      const cpu = target.arch === "arm64" ? "arm64" : "x64";
      throw new Fault("MAYFLY_ADDON_TARGET", `A native add-on can't run on ${platform}:\n${list.join("\n")}`, {
        hint: [
          `Install the package for the target and build again: npm install --os=${target.os} --cpu=${cpu} --libc=glibc --force`,
          "Or leave the package out with --external and provide it in a layer.",
        ].join("\n"),
      });
    },
  };
}

/** `undefined` when it can't be found: the bundler says so with the place. */
function resolveAddon(specifier: string, importer: string): string | undefined {
  try {
    return Bun.resolveSync(specifier, dirname(importer));
  } catch {
    return undefined;
  }
}

function runsOn(kind: BinaryKind, target: BuildTarget): boolean {
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
