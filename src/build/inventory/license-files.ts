import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LICENSE_FILE = /^(?:licen[cs]es?|copying|notice|unlicense)(?:[.\-_].*)?$/i;
/** Code is none, whatever its name is. */
const CODE_FILE = /\.(?:[cm]?[jt]sx?|json|exs?|erl|beam)$/i;

/** The licence and notice files at the top of a package's folder, one after the other; empty where there are none. */
export function licenseTexts(folder: string): string {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    // Not on this machine, as the dependencies of a release that a container made.
    return "";
  }
  const names = entries
    .filter((one) => !one.isDirectory() && LICENSE_FILE.test(one.name) && !CODE_FILE.test(one.name))
    .map(({ name }) => name)
    .toSorted();
  return names.map((name) => tidy(readFileSync(join(folder, name), "utf8"))).join("\n\n");
}

/** What no reader sees shall not keep equal texts apart. */
function tidy(text: string): string {
  return text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .replace(/[ \t]+$/gm, "")
    .replace(/^\n+|\n+$/g, "");
}
