import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { jsonProblem } from "../support/json-problem.ts";
import { isFile } from "../support/files.ts";
import { packageName } from "../support/package-name.ts";
import { readJson } from "../support/read-json.ts";
import { suggest } from "../support/suggest.ts";
import { installedPackage, missingTarget } from "./installed-package.ts";
import type { SourceProblem } from "./source-fault.ts";
import { sourcesIn } from "./source-file.ts";

/** What is said of an import that leads nowhere. */
export function unresolvedMessage(
  specifier: string,
  importer: string | undefined,
): Pick<SourceProblem, "message" | "hint"> {
  if (isPath(specifier)) {
    const broken = importer === undefined ? undefined : brokenManifest(resolve(dirname(importer), specifier));
    if (broken !== undefined) {
      return { message: `"${specifier}" is there, but its package.json can't be read`, hint: placeOfProblem(broken) };
    }
    const near = importer === undefined ? undefined : nearPath(specifier, importer);
    return {
      message: `Cannot find the file "${specifier}"`,
      ...(near !== undefined && { hint: `Did you mean "${near}"?` }),
    };
  }
  const installed = importer === undefined ? undefined : installedPackage(specifier, dirname(importer));
  if (installed === undefined) {
    const isPlugAndPlay = importer !== undefined && hasPlugAndPlay(dirname(importer));
    return {
      message: `Cannot find the package "${specifier}"`,
      hint: isPlugAndPlay ? IN_FOLDERS : installHint(packageName(specifier)),
    };
  }
  const { name, folder, isLinked, builds, manifest } = installed;
  if (manifest === undefined) {
    return {
      message: `The package "${name}" is installed, but its package.json can't be read`,
      hint: `${placeOfProblem(join(folder, "package.json"))}\nInstall it again: npm install ${name}`,
    };
  }
  const missing = missingTarget(installed, specifier);
  if (missing === undefined) {
    return {
      message: `The package "${name}" is installed, but has no "${specifier}"`,
      hint: `What can be imported of it stands in ${join(folder, "package.json")}, as "exports" or "main".`,
    };
  }
  const build = builds ? `npm run build --workspace ${name}` : `whatever makes it, in ${folder}`;
  return {
    message: `The package "${name}" is installed, but its file ${missing} is missing`,
    hint: isLinked
      ? `It is linked to ${folder}, and isn't built there. Run its build first: ${build}`
      : `Install it again: npm install ${name}`,
  };
}

/** Of a file that is there: what the bundler reads before it. */
function brokenManifest(file: string): string | undefined {
  if (!isFile(file)) return undefined;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (isFile(path)) return readJson(path) === undefined ? path : undefined;
    if (dirname(folder) === folder) return undefined;
  }
}

function placeOfProblem(path: string): string {
  const { line, column, found } = jsonProblem(readFileSync(path, "utf8")) ?? { line: 1, column: 1, found: "nothing" };
  return `${path}:${line}:${column}  Expected JSON but found ${found}`;
}

/** What is carried there is mostly not installed by projects for those runtimes. */
export function isCarriedByAws(name: string): boolean {
  return name.startsWith("@aws-sdk/");
}

/** Whether Yarn tells by a file where packages are, in place of folders. */
function hasPlugAndPlay(folder: string): boolean {
  if (existsSync(join(folder, ".pnp.cjs"))) return true;
  return !existsSync(join(folder, "node_modules")) && dirname(folder) !== folder && hasPlugAndPlay(dirname(folder));
}

const IN_FOLDERS =
  "Yarn keeps packages in archives here (Plug'n'Play). Have it install folders: \"nodeLinker: node-modules\" in .yarnrc.yml, then yarn install.";

function installHint(name: string): string {
  const install = `npm install ${name}`;
  return isCarriedByAws(name)
    ? `${install}: AWS's Node.js runtimes carry it, provided.al2023 doesn't, so it is bundled.`
    : install;
}

function isPath(specifier: string): boolean {
  return specifier.startsWith(".") || isAbsolute(specifier);
}

function nearPath(specifier: string, importer: string): string | undefined {
  const target = join(dirname(importer), specifier);
  const siblings = sourcesIn(dirname(target));
  const near = suggest(withoutExtension(target), siblings.map(withoutExtension));
  if (near === undefined) return undefined;
  return `${specifier.slice(0, specifier.lastIndexOf("/") + 1)}${near.slice(near.lastIndexOf("/") + 1)}`;
}

function withoutExtension(path: string): string {
  return path.replace(/\.[cm]?[jt]sx?$/, "");
}
