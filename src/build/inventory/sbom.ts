import { Enums, Models, Serialize, Spec, SPDX } from "@cyclonedx/cyclonedx-library";
import { VERSION } from "../../version.ts";
import { type Part, purlOf } from "./part.ts";

export interface SbomRequest {
  /** Of the project. */
  readonly name: string;
  readonly version: string | undefined;
  /** Of the artifact, hexadecimal. */
  readonly sha256: string;
  readonly parts: readonly Part[];
  /** Purls of the parts that are there for no other part. */
  readonly needs: readonly string[];
}

/** A CycloneDX 1.6 document in JSON. It tells no time and has no serial number: what is the same is told by the same bytes. */
export function sbomText({ name, version, sha256, parts, needs }: SbomRequest): string {
  const components = new Map(parts.map((part) => [part.purl, componentOf(part)]));
  for (const { purl, needs: others } of parts) connect(components.get(purl), others, components);
  const program = new Models.Component(Enums.ComponentType.Application, name, {
    bomRef: "package",
    ...(version !== undefined && { version }),
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], sha256]]),
  });
  connect(program, needs, components);
  const tool = new Models.Component(Enums.ComponentType.Application, "mayfly", {
    bomRef: "tool",
    version: VERSION,
    purl: purlOf("npm", "mayfly", VERSION),
  });
  const bom = new Models.Bom({
    metadata: new Models.Metadata({
      component: program,
      tools: new Models.Tools({ components: new Models.ComponentRepository([tool]) }),
    }),
    components: new Models.ComponentRepository(components.values()),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

const REPOSITORY = /^https:\/\/(?:github|gitlab|bitbucket|codeberg)\.(?:com|org)\//;

function componentOf({ name, version, license, source, purl, hash }: Part): Models.Component {
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: purl,
    purl,
    ...(version !== undefined && { version }),
    ...(hash !== undefined && {
      hashes: new Models.HashDictionary([[Enums.HashAlgorithm[hash.algorithm], hash.content]]),
    }),
  });
  if (license !== undefined) component.licenses.add(licenseFor(license));
  if (source !== undefined && URL.canParse(source)) {
    const kind = REPOSITORY.test(source) ? Enums.ExternalReferenceType.VCS : Enums.ExternalReferenceType.Website;
    component.externalReferences.add(new Models.ExternalReference(source, kind));
  }
  return component;
}

function connect(
  from: Models.Component | undefined,
  purls: readonly string[],
  all: ReadonlyMap<string, Models.Component>,
): void {
  for (const purl of purls) {
    const other = all.get(purl);
    if (other !== undefined) from?.dependencies.add(other.bomRef);
  }
}

function licenseFor(license: string): Models.License {
  if (SPDX.isSupportedSpdxId(license)) return new Models.SpdxLicense(license);
  return isExpression(license) ? new Models.LicenseExpression(license) : new Models.NamedLicense(license);
}

/** `MIT OR (Apache-2.0 AND ISC)`: known names between words that join them. */
function isExpression(license: string): boolean {
  const names = license.replace(/ WITH [\w.-]+/g, "").split(/\s+(?:AND|OR)\s+|[()]/);
  return names.every((name) => name.trim() === "" || SPDX.isSupportedSpdxId(name.trim()));
}
