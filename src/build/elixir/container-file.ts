import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Fault } from "../../fault.ts";
import { isFile } from "../../support/files.ts";

/** What the user's own is called, in the project's root. */
export const LAMBDA_DOCKERFILE = "lambda.Dockerfile";

const OWN: string = resolve(import.meta.dirname, "..", "..", "..", "elixir", "container");
/** A line that begins a stage: platform, image, and the name it may have. */
const FROM = /^[ \t]*FROM[ \t]+(?:--platform=\S+[ \t]+)?\S+(?:[ \t]+AS[ \t]+(\S+))?[ \t]*\r?$/gim;
const TOOLCHAIN = "mayfly-toolchain";

/** Describes the image whose last stage has the toolchain. */
export interface ToolchainFile {
  /** Shown to people. */
  readonly name: string;
  readonly text: string;
}

export function toolchainFile(root: string): ToolchainFile {
  const path = join(root, LAMBDA_DOCKERFILE);
  if (isFile(path)) return { name: LAMBDA_DOCKERFILE, text: readFileSync(path, "utf8") };
  return { name: `Mayfly's own ${LAMBDA_DOCKERFILE}`, text: readFileSync(join(OWN, LAMBDA_DOCKERFILE), "utf8") };
}

/**
 * The toolchain's Dockerfile with the stages after it that run `command` on the project and hold nothing but the folder
 * `result` of it. The build context `mayfly` is mounted while the command runs, and what it leaves in /var/cache/mayfly
 * is there the next time it runs under the same `cacheId`.
 * @throws Fault MAYFLY_CONTAINER_FILE
 */
export function withBuildStages(
  file: ToolchainFile,
  stages: { readonly command: readonly string[]; readonly result: string; readonly cacheId: string },
): string {
  const last = [...file.text.matchAll(FROM)].at(-1);
  if (last === undefined) {
    throw new Fault("MAYFLY_CONTAINER_FILE", `${file.name} has no FROM, so there is nothing to build in.`, {
      hint: "It is a Dockerfile whose last stage has mix and escript in its PATH: docs/elixir.md has an example.",
    });
  }
  const [line, name] = last;
  const end = last.index + line.trimEnd().length;
  const named = name === undefined ? `${file.text.slice(0, end)} AS ${TOOLCHAIN}${file.text.slice(end)}` : file.text;
  // No line is continued: a directive of the file may have changed how that is written.
  return `${named.trimEnd()}

FROM ${name ?? TOOLCHAIN} AS mayfly-build
USER 0:0
WORKDIR /mnt/code
COPY . .
RUN --mount=type=cache,id=${stages.cacheId},target=/var/cache/mayfly,sharing=locked --mount=type=bind,from=mayfly,target=/opt/mayfly ${JSON.stringify(stages.command)}

FROM scratch
COPY --from=mayfly-build ${stages.result} /
`;
}

/** Mayfly's rules, then the project's own, of which the last that fits decides. */
export function ignoreFile(root: string): string {
  const own = [`${LAMBDA_DOCKERFILE}.dockerignore`, ".dockerignore"].map((name) => join(root, name)).find(isFile);
  const rules = readFileSync(join(OWN, "dockerignore"), "utf8");
  return own === undefined ? rules : `${rules}\n${readFileSync(own, "utf8")}`;
}
