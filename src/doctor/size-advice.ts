import { WHOLE } from "../bench/advice.ts";
import { megabytes } from "../support/megabytes.ts";
import type { DoctorArtifact, DoctorReport } from "./report.ts";

/** Less isn't worth a word. */
const WORTH_BYTES = 262_144;
/** Two copies of little are still little. */
const WORTH_COPY_BYTES = 65_536;
/** Of a bundle's code. */
const WORTH_SHARE = 0.2;
/** What is there to write programs with. */
const FOR_WRITING =
  /^(?:typescript|webpack|esbuild|rollup|rolldown|vite|vitest|jest|mocha|eslint|prettier|@babel\/core|@types\/.*)$/;

/**
 * What would make the package smaller, what saves most first.
 * @param maps bytes that source maps take in the largest zip
 */
export function adviseSize(
  bundle: DoctorReport["bundle"],
  artifacts: readonly DoctorArtifact[],
  maps: number,
): readonly string[] {
  return [...ofMaps(maps), ...ofPackages(bundle), ...ofFiles(artifacts)];
}

function ofMaps(saved: number): readonly string[] {
  return saved < WORTH_BYTES
    ? []
    : [`--no-sourcemap saves ${megabytes(saved)} of the zip; stack traces then show compiled lines.`];
}

function ofPackages({ bytes: all, packages }: DoctorReport["bundle"]): readonly string[] {
  return packages.flatMap(({ name, versions, bytes, why }) => {
    const by = why.length < 2 ? "" : `, brought in by ${why.slice(0, -1).join(" > ")}`;
    const whole = WHOLE[name];
    if (FOR_WRITING.test(name)) return [`${name} is there for writing programs${by}: ${megabytes(bytes)} of code.`];
    if (whole !== undefined) return [`${name} is ${megabytes(bytes)} of code${by}: ${whole}.`];
    if (versions.length > 1 && bytes >= WORTH_COPY_BYTES) {
      return [
        `${name} is there in versions ${versions.join(" and ")}, ${megabytes(bytes)} of code: npm dedupe, or a newer version of what asks for the older one.`,
      ];
    }
    if (bytes < WORTH_BYTES || bytes < all * WORTH_SHARE) return [];
    return [`${name} is ${megabytes(bytes)} of ${megabytes(all)} of code${by}.`];
  });
}

function ofFiles(artifacts: readonly DoctorArtifact[]): readonly string[] {
  const files = artifacts.flatMap((artifact) =>
    artifact.files.filter(({ rule }) => !/^the (?:program|Elixir)/.test(rule)),
  );
  const large = files.filter(({ zippedBytes }) => zippedBytes >= WORTH_BYTES);
  return [...new Map(large.map((file) => [file.name, file])).values()].map(
    ({ name, zippedBytes, rule }) =>
      `${name} takes ${megabytes(zippedBytes)} of the zip (${rule}); if it isn't needed: include: ["!${name}"].`,
  );
}
