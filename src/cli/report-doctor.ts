import type { DoctorArtifact, DoctorReport, PackedFile } from "../doctor/report.ts";
import { fileSize } from "../support/file-size.ts";
import { megabytes } from "../support/megabytes.ts";
import type { Paint } from "./terminal.ts";

const SHOWN = 20;

/** What is in a package, for a person. */
export function formatDoctor(report: DoctorReport, paint: Paint): string {
  const sections = [
    ...report.warnings.map((text) => [`${paint(["yellow", "bold"], "warning")}: ${text}`]),
    ...report.artifacts.map((artifact) => artifactLines(artifact, paint)),
    packageLines(report, paint),
    leftOutLines(report, paint),
    adviceLines(report, paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function artifactLines({ path, arch, bytes, unzippedBytes, files }: DoctorArtifact, paint: Paint): string[] {
  const head = `${paint(["green", "bold"], path)}  ${megabytes(bytes)}, ${megabytes(unzippedBytes)} unzipped, ${arch}`;
  const rows = grouped(files).map(({ name, zippedBytes, rule }) => [name, fileSize(zippedBytes), rule] as const);
  return [head, ...table(rows)];
}

/** A package's files, and those of an application in a release, are told together. */
function grouped(files: readonly PackedFile[]): readonly Pick<PackedFile, "name" | "zippedBytes" | "rule">[] {
  const groups = new Map<string, PackedFile[]>();
  for (const file of files) {
    const folder = /^(?:.*\bnode_modules\/(?:@[^/]+\/)?[^/]+|beam\/lib\/[^/]+)(?=\/)/.exec(file.name)?.[0];
    const key = `${folder ?? file.name}\0${file.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups]
    .map(([key, those]) => {
      const [name = "", rule = ""] = key.split("\0");
      const zippedBytes = those.reduce((sum, one) => sum + one.zippedBytes, 0);
      return {
        name: those.length === 1 ? (those[0]?.name ?? name) : `${name} (${those.length} files)`,
        zippedBytes,
        rule,
      };
    })
    .toSorted((a, b) => b.zippedBytes - a.zippedBytes);
}

function packageLines({ bundle }: DoctorReport, paint: Paint): string[] {
  const rows = bundle.packages.map(({ name, versions, bytes, why }) => {
    const by = why.slice(0, -1).join(" > ");
    return [[name, ...versions].join(" "), fileSize(bytes), by === "" ? "" : `by ${by}`] as const;
  });
  const own = [
    ["your code", fileSize(bundle.own), ""],
    ["Mayfly", fileSize(bundle.runtime), ""],
  ] as const;
  return [
    `${paint("bold", "In the program")}, ${fileSize(bundle.bytes)} of code before it is compiled`,
    ...table([...own, ...rows]),
  ];
}

function leftOutLines({ leftOut }: DoctorReport, paint: Paint): string[] {
  if (leftOut.length === 0) return [];
  const rows = leftOut.map(({ specifier, importers: [first, ...others], why }) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return [specifier, "", first === undefined ? why : `${why}: ${first}${more}`] as const;
  });
  return [paint("bold", "Left out"), ...table(rows)];
}

function adviceLines({ advice }: DoctorReport, paint: Paint): string[] {
  return advice.length === 0
    ? []
    : [paint("bold", "What would make it smaller"), ...advice.map((text) => `  • ${text}`)];
}

function table(rows: readonly (readonly [string, string, string])[]): string[] {
  const shown = rows.slice(0, SHOWN);
  const [first, second] = [0, 1].map((column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  const lines = shown.map(([left, middle, right]) =>
    `  ${left.padEnd(first ?? 0)}  ${middle.padStart(second ?? 0)}  ${right}`.trimEnd(),
  );
  return rows.length > SHOWN ? [...lines, `  … and ${rows.length - SHOWN} more, which --json has`] : lines;
}
