import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Fault } from "../../../fault.ts";
import { binaryKindOf } from "../../../support/binary-kind.ts";
import { readLibraryNeeds } from "../../elf-libraries.ts";
import { readVersionNeeds } from "../../elf-versions.ts";
import { beyondLambda, isOfLambda } from "../../lambda-libraries.ts";
import type { BuildTarget } from "../../target.ts";
import { checkAddons } from "../addon.ts";
import { isBinaryName } from "./native-packages.ts";

/**
 * Whether Lambda can load the native code that is packed: its processor, the symbols of its system's libraries, and that the
 * libraries which it asks for are there.
 * @param files absolute paths, by where they lie in the package
 * @returns warnings
 * @throws Fault MAYFLY_ADDON_TARGET, MAYFLY_ADDON_LIBRARIES
 */
export function checkNativeFiles(files: ReadonlyMap<string, string>, target: BuildTarget): readonly string[] {
  const binaries = [...files].filter(([name, path]) => isBinaryName(name) || isElf(path));
  checkAddons(
    target,
    binaries.map(([, path]) => path),
  );
  const warnings = binaries.flatMap(([name, path]) => (asksForV8(path) ? [`${name} ${V8}`] : []));
  if (!target.lambda) return warnings;
  const packed = new Set([...files.keys()].map((name) => basename(name)));
  const problems = binaries.flatMap(([name, path]) => {
    if (binaryKindOf(path).kind !== "elf") return [];
    const bytes = readFileSync(path);
    const tooNew = beyondLambda(readVersionNeeds(bytes));
    const missing = readLibraryNeeds(bytes).filter((library) => !isOfLambda(library) && !packed.has(library));
    return [
      ...(tooNew === undefined ? [] : [`  ${name} needs ${tooNew}`]),
      ...missing.map((library) => `  ${name} needs ${library}`),
    ];
  });
  if (problems.length === 0) return warnings;
  throw new Fault(
    "MAYFLY_ADDON_LIBRARIES",
    `Native code in the package asks for what Lambda's system doesn't have (glibc 2.34, libstdc++ of GCC 11):\n${problems.join("\n")}`,
    {
      hint: [
        "Add-ons that were compiled on this machine ask for its system: install the package as it is published, or compile it on Amazon Linux 2023.",
        "A library that is missing is packed with include, into the folder of the file that needs it; or leave the package out with --external and provide it in a layer.",
      ].join("\n"),
    },
  );
}

const V8 =
  "uses V8's own interface rather than Node-API. The engine that Mayfly runs on has only a part of it, and may refuse the add-on: look for a package that is made with Node-API.";

/** By the names of symbols that it asks for: those of the C++ namespace v8. */
function asksForV8(path: string): boolean {
  return path.endsWith(".node") && readFileSync(path).includes("_ZN2v8");
}

function isElf(path: string): boolean {
  return !/\.\w+$/.test(basename(path)) && binaryKindOf(path).kind === "elf";
}
