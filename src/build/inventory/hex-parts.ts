import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RELEASE_FOLDER } from "../../protocol/release-place.ts";
import { isDirectory } from "../../support/files.ts";
import { licenseTexts } from "./license-files.ts";
import { type Part, type PartHash, purlOf } from "./part.ts";

/** `lib/jason-1.4.4/ebin/…` in a release. */
const APPLICATION = new RegExp(`^${RELEASE_FOLDER}/lib/([a-z][a-z0-9_]*)-([^/]+)/`);

/**
 * The applications of a release that come from elsewhere: what Mix keeps in `deps`, or what mix.lock names where a
 * container made the release. Those of the project, of Elixir and of Erlang/OTP are none.
 * @param names of files in the package
 */
export function hexParts(root: string, names: readonly string[]): readonly Part[] {
  const lock = readText(join(root, "mix.lock"));
  const versions = new Map(
    names.flatMap((name) => {
      const [, application, version] = APPLICATION.exec(name) ?? [];
      return application === undefined || version === undefined ? [] : [[application, version] as const];
    }),
  );
  return [...versions]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, version]) => {
      const folder = join(root, "deps", name);
      const locked = lockLine(lock, name);
      if (!isDirectory(folder) && locked === undefined) return [];
      const metadata = readText(join(folder, "hex_metadata.config"));
      const isHex = locked === undefined ? metadata !== "" : /\{:hex,/.test(locked);
      return {
        name,
        version,
        license: licensesIn(metadata),
        source: isHex ? `https://hex.pm/packages/${name}` : /\{:git, "([^"]+)"/.exec(locked ?? "")?.[1],
        purl: purlOf(isHex ? "hex" : "generic", name, version),
        text: licenseTexts(folder),
        note: isDirectory(folder) ? undefined : "Its files are in the container that made the release, not here.",
        hash: locked === undefined ? undefined : hashIn(locked),
        needs: [],
      };
    });
}

/** `"jason": {:hex, :jason, "1.4.4", "…", [:mix], […], "hexpm", "…"},` */
function lockLine(lock: string, name: string): string | undefined {
  return new RegExp(`^\\s*"${name}": (.*)$`, "m").exec(lock)?.[1];
}

/** The last is of what hex.pm publishes. */
function hashIn(locked: string): PartHash | undefined {
  const content = /"([0-9a-f]{64})"\},?\s*$/.exec(locked)?.[1];
  return content === undefined ? undefined : { algorithm: "SHA-256", content };
}

/** `{<<"licenses">>,[<<"Apache-2.0">>]}.`, over several lines or not. */
function licensesIn(metadata: string): string | undefined {
  const list = /\{<<"licenses">>,\s*\[([^\]]*)\]/.exec(metadata)?.[1] ?? "";
  const names = [...list.matchAll(/<<"([^"]+)"(?:\/utf8)?>>/g)].map(([, name]) => name);
  return names.length === 0 ? undefined : names.join(" AND ");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not every project has one.
    return "";
  }
}
