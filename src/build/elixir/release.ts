import { join, resolve } from "node:path";
import { Fault } from "../../fault.ts";
import { RELEASE_FOLDER } from "../../protocol/release-place.ts";
import { readField } from "../../support/read-field.ts";
import { cacheFolder } from "../cache-folder.ts";
import { elixirMissing, type MixRelease, toolchainEnvironment, withMixRelease } from "./run-mix.ts";
import { type PackageFile, packageFiles } from "../package/package-files.ts";
import { runCommand } from "./run-command.ts";

export const ELIXIR_SOURCES: string = resolve(import.meta.dirname, "..", "..", "..", "elixir");

/** The BEAM side of a package. */
export interface Release {
  /** What becomes `beam/` in the package. */
  readonly folder: string;
  readonly files: readonly PackageFile[];
  readonly handlers: readonly ReleaseHandler[];
  /** What is no handler by its looks, such as a callback, but can be one for a config that names it. */
  readonly possible: readonly ReleaseHandler[];
  readonly warnings: readonly string[];
  /** Whose toolchain it is made with, and so whose Erlang is in it. */
  readonly origin: ReleaseOrigin;
}

export type ReleaseOrigin = "machine" | "container";

export interface ReleaseHandler {
  /** `Elixir.Hello.handle`. */
  readonly handler: string;
  /** From the project's root. */
  readonly file: string;
}

/**
 * Assembles the release of the Mix project in `root` into `work`, with the agent that serves invocations in it.
 * @throws Fault MAYFLY_ELIXIR_MISSING, MAYFLY_MIX, MAYFLY_RELEASE, MAYFLY_RELEASE_ERTS, MAYFLY_RELEASE_START
 */
export async function buildRelease(root: string, work: string, progress: (step: string) => void): Promise<Release> {
  progress("Assembling the Elixir release");
  return withMixRelease(root, join(work, "release"), (assembled) => packRelease(root, work, assembled));
}

async function packRelease(root: string, work: string, assembled: MixRelease): Promise<Release> {
  const folder = join(work, RELEASE_FOLDER);
  const script = join(ELIXIR_SOURCES, "build", "build.escript");
  const sources = join(ELIXIR_SOURCES, "src");
  const outcome = await runCommand(
    "escript",
    [script, sources, join(cacheFolder(process.env), "agent"), assembled.folder, folder, assembled.compiled, root],
    { cwd: work, env: toolchainEnvironment() },
  );
  if (outcome === undefined) throw elixirMissing();
  const release = readRelease(folder, "machine", outcome);
  return { ...release, warnings: [...assembled.warnings, ...release.warnings] };
}

/**
 * The release that elixir/build left in `folder`, from what it printed.
 * @throws Fault MAYFLY_RELEASE, MAYFLY_RELEASE_ERTS, MAYFLY_RELEASE_START
 */
export function readRelease(
  folder: string,
  origin: ReleaseOrigin,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): Release {
  const result = parseResult(stdout);
  if (result === undefined) throw releaseFault("other", stderr.trim() || stdout.trim(), origin);
  if (result.kind === "failed") throw releaseFault(result.problem, result.details, origin);
  const files = packageFiles(folder, RELEASE_FOLDER);
  const { handlers, possible, warnings } = result;
  return { folder, files, handlers, possible, warnings, origin };
}

/** `problem` as elixir/build names it. */
function releaseFault(problem: string, details: string, origin: ReleaseOrigin): Fault {
  switch (problem) {
    case "no-erts":
      return new Fault("MAYFLY_RELEASE_ERTS", "The release has no Erlang runtime in it, and Lambda has none either.", {
        hint: "Take include_erts: false out of the release in mix.exs.",
      });
    case "no-start":
      return new Fault(
        "MAYFLY_RELEASE_START",
        `The package doesn't start ${origin === "machine" ? "on this machine" : "in the container"}: ${details}`,
        {
          hint: "Its Erlang runtime has to work there too; try it with: mix release, then its bin/… start.",
        },
      );
    default:
      return new Fault("MAYFLY_RELEASE", `The release can't be packed: ${details}`);
  }
}

type Result =
  | ({ readonly kind: "built" } & Pick<Release, "handlers" | "possible" | "warnings">)
  | { readonly kind: "failed"; readonly problem: string; readonly details: string };

function parseResult(output: string): Result | undefined {
  const line = output.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) return undefined;
  const value: unknown = JSON.parse(line);
  const problem = readField(value, "problem");
  const details = readField(value, "details");
  if (isString(problem) && isString(details)) return { kind: "failed", problem, details };
  const handlers = readField(value, "handlers");
  const warnings = readField(value, "warnings");
  if (!Array.isArray(handlers) || !Array.isArray(warnings)) return undefined;
  return {
    kind: "built",
    handlers: handlers.flatMap((one) => parseHandler(one, true)),
    possible: handlers.flatMap((one) => parseHandler(one, false)),
    warnings: warnings.filter(isString),
  };
}

function parseHandler(value: unknown, listed: boolean): ReleaseHandler[] {
  if (readField(value, "listed") !== listed) return [];
  const handler = readField(value, "handler");
  const file = readField(value, "file");
  return isString(handler) && isString(file) ? [{ handler, file }] : [];
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}
