import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../fault.ts";
import { type ContainerEngine, START_IT } from "./container-engine.ts";
import { runCommand } from "./run-command.ts";
import { hostTarget } from "../target.ts";
import type { Arch } from "../../project/types.ts";

export interface ContainerBuild {
  readonly engine: ContainerEngine;
  readonly arch: Arch;
  /** Absolute path of the folder that is the build context. */
  readonly context: string;
  readonly dockerfile: string;
  readonly ignore: string;
  /** Further build contexts: absolute paths by name. */
  readonly contexts: Readonly<Record<string, string>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Told what the engine begins: `RUN make`. */
  readonly step: (instruction: string) => void;
  /** Told all that the engine prints, as it comes. */
  readonly log: (text: string) => void;
}

const PLATFORMS: Readonly<Record<Arch, string>> = { x86_64: "linux/amd64", arm64: "linux/arm64" };
/** `[2/3] STEP 4/8: COPY . .` of Buildah and Podman; `#8 [build 4/8] COPY . .` of BuildKit. */
const STEP = /^(?:(?:\[\d+\/\d+\] )?STEP \d+(?:\/\d+)?: |#\d+ \[[^\]]*\d+\/\d+\] )(.+)$/;
const SHOWN_LINES = 25;

/**
 * Builds a Dockerfile and puts the files of its last stage into `out`, as the user's own: nothing is mounted from the
 * project, and no image or container is left that has a name. `work` is a folder for what the engine reads.
 * @throws Fault MAYFLY_CONTAINER_BUILD, MAYFLY_CONTAINER_EMULATION
 */
export async function buildInContainer(build: ContainerBuild, work: string, out: string): Promise<void> {
  const { engine } = build;
  const file = join(work, "Dockerfile");
  writeFileSync(file, build.dockerfile);
  writeFileSync(`${file}.dockerignore`, build.ignore);
  const args = [
    ...engine.build,
    `--file=${file}`,
    ...(engine.ignoreFlag ? [`--ignorefile=${file}.dockerignore`] : []),
    `--platform=${PLATFORMS[build.arch]}`,
    ...Object.entries(build.contexts).map(([name, path]) => `--build-context=${name}=${path}`),
    ...Object.entries(build.buildArgs).map(([name, value]) => `--build-arg=${name}=${value}`),
    `--output=type=local,dest=${out}`,
    build.context,
  ];
  let output = "";
  let begun = "";
  const outcome = await runCommand(engine.name, args, {
    cwd: build.context,
    env: process.env,
    onOutput(text) {
      output += text;
      build.log(text);
      const lines = (begun + text).split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) {
        const instruction = STEP.exec(line)?.[1];
        if (instruction !== undefined) build.step(instruction);
      }
    },
  });
  if (outcome?.code !== 0) throw buildFault(build, output.trim());
}

function buildFault({ engine, arch }: ContainerBuild, output: string): Fault {
  if (/exec format error/i.test(output) && arch !== hostTarget().arch) {
    return new Fault(
      "MAYFLY_CONTAINER_EMULATION",
      `The container is for ${arch}, and ${engine.name} can't run programs for ${arch} on this machine.`,
      {
        hint: [
          "Build on a machine of that kind, or let the kernel emulate it: apt-get install qemu-user-static, or",
          "docker run --privileged --rm tonistiigi/binfmt --install all",
        ].join("\n"),
      },
    );
  }
  const lines = output.split("\n");
  const failed = lines.findLastIndex((line) => STEP.test(line));
  const shown = lines.slice(Math.max(failed, lines.length - SHOWN_LINES)).map((line) => `  ${line.trimEnd()}`);
  const more = shown.length < lines.length ? ["The whole output: LOGLEVEL=debug mayfly build --docker"] : [];
  const hint = [...advice(output), ...more];
  return new Fault(
    "MAYFLY_CONTAINER_BUILD",
    `${engine.name} build failed:\n${shown.join("\n")}`,
    hint.length === 0 ? {} : { hint: hint.join("\n") },
  );
}

function advice(output: string): string[] {
  if (/unknown flag: --(build-context|output|ignorefile)/.test(output)) {
    return ["This engine is too old: it takes Docker 23 with buildx, Podman 4.2, nerdctl 1.0 or Buildah 1.27."];
  }
  if (/cannot connect to/i.test(output)) return [START_IT];
  if (/no match(ing manifest)? for (platform|linux)|no image found in .* for architecture/i.test(output)) {
    return ["The base image is not published for that architecture: choose another in lambda.Dockerfile."];
  }
  return [];
}
