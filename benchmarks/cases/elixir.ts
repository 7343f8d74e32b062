import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzip } from "../../src/local/package/unzip.ts";
import { packageSize } from "../package-folder.ts";
import { runCommand } from "../run-command.ts";
import type { Workload } from "../workloads.ts";
import type { Case, Place } from "./case.ts";

export interface ElixirSources {
  /** A checkout of the package of that name, if there is one. */
  readonly jason: string | undefined;
}

const EVENT = JSON.stringify({ name: "Ada", list: [1, 2.5, "three", null], nested: { key: "value" } });
export const ELIXIR: Workload = {
  name: "elixir",
  about: "an Elixir function that returns a greeting and its event",
  handler: { file: "my_function", export: "Elixir.MyFunction.handle" },
  adapter: {},
  packages: [],
  adapterPackages: [],
  event: new TextEncoder().encode(EVENT),
  check: (body) => {
    if (!body.includes("Ada")) throw new Error(`the answer is not right: ${body.slice(0, 500)}`);
  },
  invocations: 200,
  lacking: {},
};
const HANDLER = `defmodule MyFunction do
  def handle(event), do: {:ok, %{message: "Hello from Elixir!", event: event}}
end
`;

/** `mayfly build` of a Mix project as `mix new` makes it; for this machine, whose Erlang may be too new for Lambda. */
export async function elixirMayflyCase(place: Place, sources: ElixirSources): Promise<Case> {
  const project = mixProject("own", place, sources, []);
  runCommand("node", [join(place.root, "bin/mayfly.js"), "build", "--zip", "--host"], {
    cwd: project,
    environment: { MAYFLY_CACHE_DIR: join(place.folder, "cache") },
  });
  return elixirCase("mayfly", project, ["./bootstrap"]);
}

/** The same function packaged by the original's own task. */
export async function elixirOriginalCase(place: Place, sources: ElixirSources, original: string): Promise<Case> {
  const vendored = join(place.folder, "original");
  cpSync(original, vendored, { recursive: true });
  const mix = readFileSync(join(vendored, "mix.exs"), "utf8");
  const plain = mix
    .replace('{:jason, "~> 1.4"}', '{:jason, path: "../jason"}')
    .replace(/,\s*\{:ex_doc[^}]*\}/, "")
    .replace('"~> 1.15"', '"~> 1.14"');
  writeFileSync(join(vendored, "mix.exs"), plain);
  const project = mixProject("theirs", place, sources, [`{:mayfly, path: "../original"}`]);
  runCommand("mix", ["lambda.build", "--zip"], { cwd: project, environment: { MIX_ENV: "lambda" } });
  // Amazon Linux's sh is bash.
  return elixirCase("original", project, ["bash", "./bootstrap"]);
}

async function elixirCase(runtime: "mayfly" | "original", project: string, command: readonly string[]): Promise<Case> {
  const folder = join(project, "unpacked");
  mkdirSync(folder);
  const zip = join(project, "lambda.zip");
  await unzip(zip, folder);
  return {
    workload: ELIXIR,
    runtime,
    command,
    folder,
    environment: { _HANDLER: "Elixir.MyFunction.handle", LOGLEVEL: "warn" },
    zippedBytes: statSync(zip).size,
    unzippedBytes: packageSize(folder).unzippedBytes,
    concurrent: runtime === "mayfly",
  };
}

function mixProject(
  name: string,
  { folder }: Place,
  { jason }: ElixirSources,
  dependencies: readonly string[],
): string {
  const project = join(folder, name);
  if (jason !== undefined) {
    cpSync(join(jason, "lib"), join(folder, "jason/lib"), { recursive: true });
    // Its own asks for a package from hex.pm, which is optional.
    writeFileSync(join(folder, "jason/mix.exs"), mixFile("Jason", "jason", []));
  }
  const all = [...(jason === undefined ? [] : ['{:jason, path: "../jason", override: true}']), ...dependencies];
  mkdirSync(join(project, "lib"), { recursive: true });
  writeFileSync(join(project, "mix.exs"), mixFile("MyFunction", "my_function", all));
  writeFileSync(join(project, "lib/my_function.ex"), HANDLER);
  return project;
}

function mixFile(module: string, application: string, dependencies: readonly string[]): string {
  return `defmodule ${module}.MixProject do
  use Mix.Project
  def project, do: [app: :${application}, version: "1.4.0", deps: [${dependencies.join(", ")}]]
  def application, do: [extra_applications: [:logger]]
end
`;
}
