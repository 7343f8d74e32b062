// Writes down the declarations of each entry point, as a program that uses the package sees them, to api/.
// `npm run api`; test/lint/public-surface.test.ts compares. Reads dist: run `npm run dist` first.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

// The package is CommonJS with its exports made at run time.
const { Extractor, ExtractorConfig } = createRequire(import.meta.url)("@microsoft/api-extractor");

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Each entry point that has declarations: `mayfly/http` and the file of its types. */
export const ENTRY_POINTS = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target === "object")
  .map(([path, target]) => ({ name: join(manifest.name, path), types: join(root, target.import.types) }));

export function reportName(name) {
  return `${name.replaceAll("/", "-")}.api.md`;
}

/** Writes the report of every entry point into `folder`. */
export function writeReports(folder) {
  const temporary = mkdtempSync(join(tmpdir(), "mayfly-api-"));
  try {
    for (const { name, types } of ENTRY_POINTS) writeReport(name, types, folder, temporary);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function writeReport(name, types, folder, temporary) {
  if (!existsSync(types)) throw new Error(`${relative(root, types)} is missing: run npm run dist`);
  const none = { default: { logLevel: "none" } };
  const configObject = {
    projectFolder: root,
    mainEntryPointFilePath: types,
    compiler: { overrideTsconfig: { extends: join(root, "tsconfig.json"), include: [], files: [types] } },
    apiReport: {
      enabled: true,
      reportFileName: reportName(name),
      reportFolder: `${folder}/`,
      reportTempFolder: `${temporary}/`,
    },
    newlineKind: "lf",
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: "error" } },
      extractorMessageReporting: none,
      tsdocMessageReporting: none,
    },
  };
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
  });
  // A report that differs in white space alone would be left as it is.
  rmSync(join(folder, reportName(name)), { force: true });
  const problems = [];
  // `localBuild` has it write the report; it would say so each time.
  const { errorCount } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = true;
      if (message.logLevel === "error") problems.push(message.formatMessageWithLocation(root));
    },
  });
  if (errorCount > 0 || problems.length > 0) throw new Error(`${name}: ${problems.join("\n")}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeReports(join(root, "api"));
