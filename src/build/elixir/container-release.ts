import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../fault.ts";
import type { Arch } from "../../project/types.ts";
import { RELEASE_FOLDER } from "../../protocol/release-place.ts";
import { buildInContainer } from "./container-build.ts";
import { type ContainerEngineName, findContainerEngine } from "./container-engine.ts";
import { ignoreFile, LAMBDA_DOCKERFILE, type ToolchainFile, toolchainFile, withBuildStages } from "./container-file.ts";
import { defaultMixEnvironment, mixFault } from "./run-mix.ts";
import { ELIXIR_SOURCES, type Release, readRelease } from "./release.ts";
import { toolchainVersions } from "./toolchain-versions.ts";

/** How the container is made. */
export interface ContainerOptions {
  /** The first on the PATH that works, unless given. */
  readonly engine?: ContainerEngineName;
  /** For the `ARG`s of the Dockerfile. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Told all that the engine prints, as it comes. */
  readonly log?: (text: string) => void;
}

const SCRIPT = "container/release.sh";
const SHOWN_INSTRUCTION = 60;

/**
 * Assembles the release as `buildRelease` does, but with the toolchain of a container, for `arch`.
 * @throws Fault MAYFLY_NO_CONTAINER_ENGINE, MAYFLY_CONTAINER…, MAYFLY_ELIXIR_MISSING, MAYFLY_MIX, MAYFLY_RELEASE, MAYFLY_RELEASE_ERTS, MAYFLY_RELEASE_START
 */
export async function buildReleaseInContainer(
  root: string,
  work: string,
  arch: Arch,
  options: ContainerOptions,
  progress: (step: string) => void,
): Promise<Release> {
  progress("Looking for a container engine");
  const engine = await findContainerEngine(options.engine, root);
  const file = toolchainFile(root);
  const known = toolchainVersions(root);
  const buildArgs = { ...onlyDeclared(known.buildArgs, file), ...options.buildArgs };
  const out = join(work, "out");
  mkdirSync(out, { recursive: true });

  progress(`Starting ${engine.name} with ${file.name}`);
  await buildInContainer(
    {
      engine,
      arch,
      context: root,
      dockerfile: withBuildStages(file, {
        command: [
          "/bin/sh",
          `/opt/mayfly/${SCRIPT}`,
          process.env["MIX_ENV"] ?? "",
          defaultMixEnvironment(root),
          randomUUID(),
        ],
        result: "/var/mayfly/",
        cacheId: cacheId([root, arch, file.text, JSON.stringify(buildArgs)]),
      }),
      ignore: ignoreFile(root),
      contexts: { mayfly: ELIXIR_SOURCES },
      buildArgs,
      step: (instruction) => progress(`${engine.name}: ${describe(instruction)}`),
      log: options.log ?? (() => undefined),
    },
    work,
    out,
  );
  const release = readOutcome(out);
  return { ...release, warnings: [...known.warnings, ...release.warnings] };
}

/** What one toolchain compiled is of no use to another. */
function cacheId(parts: readonly string[]): string {
  return `mayfly-${createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16)}`;
}

/** Engines warn of arguments that nothing takes. */
function onlyDeclared(values: Readonly<Record<string, string>>, file: ToolchainFile): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => new RegExp(`^[ \\t]*ARG[ \\t]+${name}\\b`, "im").test(file.text)),
  );
}

function describe(instruction: string): string {
  if (instruction.includes(SCRIPT)) return "assembling the Elixir release";
  const line = instruction.replaceAll(/\s+/g, " ");
  return line.length <= SHOWN_INSTRUCTION ? line : `${line.slice(0, SHOWN_INSTRUCTION)}…`;
}

/** What elixir/container/release.sh left. */
function readOutcome(out: string): Release {
  const read = (name: string): string => {
    const path = join(out, name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  switch (read("outcome").trim()) {
    case "missing":
      throw new Fault("MAYFLY_ELIXIR_MISSING", "The container has no mix or no escript in its PATH.", {
        hint: `The last stage of ${LAMBDA_DOCKERFILE} must have Elixir and Erlang: docs/elixir.md has an example.`,
      });
    case "mix":
      throw mixFault("the container", read("mix.log"), {
        hex: `Add to ${LAMBDA_DOCKERFILE}: RUN mix local.hex --force && mix local.rebar --force`,
      });
    default:
      return readRelease(join(out, RELEASE_FOLDER), "container", {
        stdout: read("result.json"),
        stderr: read("result.log"),
      });
  }
}
