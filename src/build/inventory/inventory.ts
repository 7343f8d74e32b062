import { basename, dirname, join } from "node:path";
import { readField } from "../../support/read-field.ts";
import { readJson } from "../../support/read-json.ts";
import type { BuildTarget } from "../target.ts";
import { placeFile } from "../package/outdir.ts";
import type { PackageFile } from "../package/package-files.ts";
import { hexParts } from "./hex-parts.ts";
import { noticesText } from "./notices-text.ts";
import { npmParts } from "./npm-parts.ts";
import { ownParts } from "./own-parts.ts";
import type { Part } from "./part.ts";

/** Which lists of a package's parts are wanted beside it. */
export interface InventoryOptions {
  /** Their licences, to be read and passed on. */
  readonly notices: boolean;
  /** A CycloneDX SBOM. */
  readonly sbom: boolean;
}

export interface InventoryRequest {
  readonly root: string;
  readonly target: BuildTarget;
  /** Absolute path of the artifact, and the hash of its bytes. */
  readonly artifact: string;
  readonly sha256: string;
  /** Absolute paths of the files whose code is in the program. */
  readonly sources: readonly string[];
  /** What lies beside the program, but for a release. */
  readonly beside: readonly PackageFile[];
  /** Of the release; `undefined` in a package without Elixir. */
  readonly release: readonly PackageFile[] | undefined;
}

/** Absolute paths of what was written. */
export interface Inventory {
  readonly notices?: string;
  readonly sbom?: string;
}

const NOTICES_NAME = "notices.txt";
const SBOM_NAME = "cdx.json";

/**
 * Writes what a package contains beside it: `lambda.notices.txt`, `lambda.cdx.json`.
 * @throws Fault MAYFLY_OUTDIR
 */
export async function writeInventory(
  request: InventoryRequest,
  { notices, sbom }: InventoryOptions,
): Promise<{ readonly written: Inventory; readonly warnings: readonly string[] }> {
  if (!notices && !sbom) return { written: {}, warnings: [] };
  const { root, target, artifact, sources, beside, release } = request;
  const own = ownParts(target, release !== undefined);
  const npm = npmParts(root, [...sources, ...beside.map(({ path }) => path)]);
  const hex = hexParts(
    root,
    (release ?? []).map(({ name }) => name),
  );
  const [noticesPath, sbomPath] = inventoryPaths(artifact);
  if (notices) {
    const text = noticesText(basename(artifact), [
      { title: "npm packages", parts: npm.parts },
      { title: "Elixir applications", parts: hex },
      { title: "Mayfly, its engine and what these are made of", parts: own },
    ]);
    placeFile([Buffer.from(text)], noticesPath, 0o644);
  }
  if (sbom) {
    // Nobody else pays for loading the library.
    const { sbomText } = await import("./sbom.ts");
    const text = sbomText({
      name: projectName(root),
      version: projectVersion(root),
      sha256: request.sha256,
      parts: [...own, ...npm.parts, ...hex],
      needs: [
        ...npm.direct,
        ...hex.map(({ purl }) => purl),
        ...own.filter((one) => !isPartOf(one, own)).map(({ purl }) => purl),
      ],
    });
    placeFile([Buffer.from(text)], sbomPath, 0o644);
  }
  return {
    written: { ...(notices && { notices: noticesPath }), ...(sbom && { sbom: sbomPath }) },
    warnings: unclear([...npm.parts, ...hex]),
  };
}

/** Both, by the artifact's name: those of `lambda-arm64.zip` are `lambda-arm64.notices.txt` and so on. */
export function inventoryPaths(artifact: string): readonly [notices: string, sbom: string] {
  const stem = join(dirname(artifact), basename(artifact, ".zip"));
  return [`${stem}.${NOTICES_NAME}`, `${stem}.${SBOM_NAME}`];
}

function isPartOf({ purl }: Part, own: readonly Part[]): boolean {
  return own.some(({ needs }) => needs.includes(purl));
}

function projectName(root: string): string {
  const name = readField(readJson(join(root, "package.json")), "name");
  return typeof name === "string" ? name : basename(root);
}

function projectVersion(root: string): string | undefined {
  const version = readField(readJson(join(root, "package.json")), "version");
  return typeof version === "string" ? version : undefined;
}

/** What somebody has to look at before the package is given to others. */
function unclear(parts: readonly Part[]): readonly string[] {
  const named = (those: readonly Part[]): string =>
    those.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)).join(", ");
  const fileless = parts.filter(({ text }) => text === "");
  const nameless = parts.filter(({ license }) => license === undefined);
  return [
    ...(fileless.length > 0 ? [`These packages come without a licence file: ${named(fileless)}`] : []),
    ...(nameless.length > 0 ? [`These packages name no licence: ${named(nameless)}`] : []),
  ];
}
