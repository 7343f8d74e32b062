import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { binaryKindOf } from "../../../support/binary-kind.ts";
import { manifestIn } from "./package-folder.ts";
import { platformPackages } from "./platform.ts";

/** What packages load their add-ons with, which looks for them from the package's own folder. */
export const LOADERS: RegExp =
  /[\\/]node_modules[\\/](?:node-gyp-build|node-gyp-build-optional-packages|bindings|node-pre-gyp|@mapbox[\\/]node-pre-gyp|prebuildify|pkg-prebuilds|@neon-rs[\\/]load)[\\/]/;

/** In code: the name of an add-on. */
export const NAMES_ADDON: RegExp = /\.node\b["'`]/;

const BINARY = /\.(?:node|so(?:\.\d+)*|dylib|dll)$/;

/**
 * Whether a package has native code, by what it consists of: optional packages for each platform, add-ons that were
 * compiled for it, or any binary where its code names one.
 */
export function isNative(folder: string, namesAddon: boolean): boolean {
  if (platformPackages(manifestIn(folder)).length > 0) return true;
  if (existsSync(join(folder, "prebuilds"))) return true;
  if (existsSync(join(folder, "build", "Release")) && hasBinary(join(folder, "build", "Release"))) return true;
  return namesAddon && hasBinary(folder);
}

export function isBinaryName(file: string): boolean {
  return BINARY.test(file);
}

function hasBinary(folder: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => {
    if (!entry.isFile() || !BINARY.test(entry.name)) return false;
    const path = join(entry.parentPath, entry.name);
    return !path.slice(folder.length).includes(`${sep}node_modules${sep}`) && binaryKindOf(path).kind !== "unknown";
  });
}
