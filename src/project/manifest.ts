import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { insteadOfFile, isFile } from "../support/files.ts";
import { jsonProblem } from "../support/json-problem.ts";
import { MANIFEST_FILE } from "./root.ts";
import { SourceFault } from "./source-fault.ts";

/**
 * What a package.json says; `undefined` where there is none.
 * @throws SourceFault MAYFLY_PACKAGE_JSON
 */
export function readManifest(folder: string): unknown {
  const path = join(folder, MANIFEST_FILE);
  const other = insteadOfFile(path);
  if (other !== undefined) {
    const problem = {
      message: `It is ${other}`,
      file: path,
      line: undefined,
      column: undefined,
      length: 1,
      lineText: undefined,
    };
    throw new SourceFault("MAYFLY_PACKAGE_JSON", `${path} is no file.`, [problem]);
  }
  if (!isFile(path)) return undefined;
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    throw manifestFault(path, text, cause);
  }
}

/** @param text what the file says */
function manifestFault(path: string, text: string, cause: unknown): SourceFault {
  const { line, column, found } = jsonProblem(text) ?? { line: 1, column: 1, found: "something else" };
  const lineText = text.split(/\r?\n/)[line - 1];
  const problem = { message: `Expected JSON but found ${found}`, file: path, line, column, length: 1, lineText };
  return new SourceFault("MAYFLY_PACKAGE_JSON", `${path} is not valid JSON.`, [problem], { cause });
}

/**
 * Reads each package.json from a file's folder to the project's root, or the next one above: the bundler reads them too, waits for ever for a
 * pipe, and has no words for one that is broken.
 * @throws SourceFault MAYFLY_PACKAGE_JSON
 */
export function checkManifests(file: string, root: string): void {
  let isBelow = true;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = readManifest(folder);
    isBelow &&= folder !== root;
    if ((!isBelow && manifest !== undefined) || dirname(folder) === folder) return;
  }
}
