import { relative } from "node:path";
import type { BuildResult } from "../build/build.ts";
import { megabytes } from "../support/megabytes.ts";
import { packageOfFile } from "../support/package-name.ts";
import type { Paint } from "./terminal.ts";

/** What was built and what to do with it, for a person, the result last. Paths are shown from `cwd`. */
export function formatBuild(result: BuildResult, cwd: string, paint: Paint): string {
  const lines: string[] = [];
  for (const warning of result.warnings) lines.push(`${paint(["yellow", "bold"], "warning")}: ${warning}`, "");
  lines.push(
    ...foundLines(result),
    ...(result.functions.length > 0 ? functionLines(result, paint) : handlerLines(result, paint)),
  );
  lines.push("");
  for (const artifact of result.artifacts) {
    const size =
      artifact.kind === "zip"
        ? `${megabytes(artifact.bytes)}, ${megabytes(artifact.unzippedBytes)} unzipped`
        : bootstrapSize(artifact);
    lines.push(`${paint(["green", "bold"], relative(cwd, artifact.path))}  ${size}, ${artifact.arch}`);
    lines.push(paint("dim", `  sha256 ${artifact.sha256}`));
    for (const path of [artifact.notices, artifact.sbom]) {
      if (path !== undefined) lines.push(`  ${relative(cwd, path)}`);
    }
    if (artifact.beside.length > 0) lines.push(`  beside it, as code needs them: ${besideText(artifact.beside)}`);
    if (artifact.native.length > 0)
      lines.push(`  not bundled, as they have native code: ${artifact.native.join(", ")}`);
  }
  lines.push(paint("dim", `built in ${(result.durationMs / 1000).toFixed(1)} s`));
  return `${lines.join("\n")}\n`;
}

const SHOWN = 4;

/** All that there are, but for a package's: these are counted. */
function besideText(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) {
    const of = packageOfFile(name) ?? name;
    counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  const told = [...counts].map(([of, count]) => {
    return names.includes(of) ? of : `${of} (${count} ${count === 1 ? "file" : "files"})`;
  });
  const more = told.length - SHOWN;
  return [...told.slice(0, SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** Nobody named the entry: it could be another than was meant. */
function foundLines({ found }: BuildResult): string[] {
  const [first, ...others] = found?.files ?? [];
  if (found === null || first === undefined) return [];
  const which = others.length === 0 ? first : `${found.files.length} files`;
  return [`Entry: ${which}, by ${found.rule}`];
}

/** Beside a bootstrap may lie a release, files or the runtime itself: all of it is uploaded. */
function bootstrapSize({ bytes, unzippedBytes }: BuildResult["artifacts"][number]): string {
  const all = megabytes(unzippedBytes);
  return bytes === unzippedBytes ? all : `${all} with the files beside it`;
}

function handlerLines(result: BuildResult, paint: Paint): string[] {
  const [only, another] = result.handlers;
  if (only === undefined)
    return [
      "No handler could be seen in the code; the handler is file.export, or Elixir.Module.function of a Mix project.",
    ];
  if (another === undefined) return [`Handler: ${paint("bold", only.handler)}  (${only.file})`];
  const rows = result.handlers.map(({ handler, file }) => [paint("bold", handler), handler.length, file] as const);
  return ["Handlers, one for each function:", ...table(rows)];
}

function functionLines(result: BuildResult, paint: Paint): string[] {
  const rows = result.functions.map((one) => {
    const settings = `${one.handler}  ${one.memory} MB, ${one.timeout} s, ${one.arch}`;
    return [paint("bold", one.name), one.name.length, settings] as const;
  });
  return ["Functions and their handlers:", ...table(rows)];
}

/** Two columns; the first comes with its length, since colours have none. */
function table(rows: readonly (readonly [string, number, string])[]): string[] {
  const width = Math.max(...rows.map(([, length]) => length));
  return rows.map(([left, length, right]) => `  ${left}${" ".repeat(width - length)}  ${right}`);
}
