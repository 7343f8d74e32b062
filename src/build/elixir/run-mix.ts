import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../fault.ts";
import { MIX_FILE } from "../../project/mix.ts";
import { isFile } from "../../support/files.ts";
import { withMixBuildPath } from "./mix-cache.ts";
import { runCommand } from "./run-command.ts";

export interface MixRelease {
  /** What `mix release` assembled. */
  readonly folder: string;
  /** Mix's build path: compiled modules as the compiler left them. */
  readonly compiled: string;
  /** What the compiler warned of: of what it compiled this time, as with mix itself. */
  readonly warnings: readonly string[];
}

/** Of a dependency there can be thousands. */
const MAX_WARNING_LINES = 40;

/** The agent brings that module. */
const KNOWN_ON_LAMBDA = /\bMayfly\.(?:context|remaining_time)\/0 is undefined/;

/**
 * Runs `mix release` of the project's own toolchain and gives `work` what it made.
 * @throws Fault MAYFLY_ELIXIR_MISSING, MAYFLY_MIX
 */
export async function withMixRelease<T>(
  root: string,
  folder: string,
  work: (release: MixRelease) => Promise<T>,
): Promise<T> {
  const mode = process.env["MIX_ENV"] || defaultMixEnvironment(root);
  return withMixBuildPath(root, mode, async (compiled) => {
    const outcome = await runCommand("mix", ["release", "--overwrite", "--path", folder], {
      cwd: root,
      env: { ...toolchainEnvironment(), MIX_ENV: mode, MIX_BUILD_PATH: compiled },
    });
    if (outcome === undefined) throw elixirMissing();
    if (outcome.code !== 0) throw mixFault(root, `${outcome.stdout}\n${outcome.stderr}`);
    return work({ folder, compiled, warnings: compilerWarnings(outcome.stderr) });
  });
}

function compilerWarnings(printed: string): readonly string[] {
  const told = printed.split(/\n{2,}/).filter((one) => !KNOWN_ON_LAMBDA.test(one));
  const text = told.join("\n\n").trim();
  if (!/\bwarning:/.test(text)) return [];
  const lines = text.split("\n");
  const more = lines.length - MAX_WARNING_LINES;
  const shown = more > 0 ? [...lines.slice(0, MAX_WARNING_LINES), `… (${more} more lines)`] : lines;
  return [`from mix:\n${indent(shown.join("\n"))}`];
}

/** Elixir reads and writes UTF-8 only where the locale says so. */
export function toolchainEnvironment(): NodeJS.ProcessEnv {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  const isUtf8 = /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
  return isUtf8 ? process.env : { ...process.env, LC_ALL: "C.UTF-8" };
}

/** Where the user sets no MIX_ENV: `lambda` if the project has something to say about it, else `prod`. */
export function defaultMixEnvironment(root: string): string {
  const knowsLambda =
    isFile(join(root, "config", "lambda.exs")) || /:lambda\b/.test(readFileSync(join(root, MIX_FILE), "utf8"));
  return knowsLambda ? "lambda" : "prod";
}

export function elixirMissing(): Fault {
  return new Fault("MAYFLY_ELIXIR_MISSING", "This is an Elixir project, but mix can't be found.", {
    hint: "Install Elixir (https://elixir-lang.org/install.html) and see that mix is in the PATH.",
  });
}

/** @param place where it ran; `hints` say what is different to do there */
export function mixFault(place: string, printed: string, hints: { readonly hex?: string } = {}): Fault {
  const output = printed.trim();
  const hint = advice(output, hints.hex ?? "mix local.hex --force, then mix deps.get");
  return new Fault(
    "MAYFLY_MIX",
    `mix release failed in ${place}:\n${indent(output)}`,
    hint === undefined ? {} : { hint },
  );
}

const UMBRELLA = [
  "Say in mix.exs which of its projects run, as above; or build one of them alone, by its folder:",
  "  mayfly build apps/<name> --zip",
].join("\n");

function advice(output: string, hex: string): string | undefined {
  if (/Could not find Hex/.test(output)) return hex;
  if (/mix deps\.get/.test(output)) return "mix deps.get";
  if (/Umbrella projects require releases/.test(output)) return UMBRELLA;
  if (/multiple releases/.test(output)) return "Say in mix.exs which one is built: default_release in def project.";
  return undefined;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
