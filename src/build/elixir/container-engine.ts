import { Fault } from "../../fault.ts";
import { type CommandOutcome, runCommand } from "./run-command.ts";

/** In the order in which they are looked for. */
export const CONTAINER_ENGINES = ["docker", "podman", "finch", "nerdctl", "buildah"] as const;

export type ContainerEngineName = (typeof CONTAINER_ENGINES)[number];

/** What one engine's command line wants, where they differ. */
export interface ContainerEngine {
  readonly name: ContainerEngineName;
  /** Fails when the engine can't work: its daemon or virtual machine isn't running. */
  readonly probe: readonly string[];
  readonly build: readonly string[];
  /** Whether the ignore file has to be named, rather than being found beside the Dockerfile. */
  readonly ignoreFlag: boolean;
}

const ENGINES: Readonly<Record<ContainerEngineName, Omit<ContainerEngine, "name">>> = {
  docker: { probe: ["version"], build: ["build"], ignoreFlag: false },
  podman: { probe: ["info"], build: ["build"], ignoreFlag: true },
  finch: { probe: ["info"], build: ["build"], ignoreFlag: false },
  nerdctl: { probe: ["info"], build: ["build"], ignoreFlag: false },
  // Alone among them it keeps no layers unless told to, so that the toolchain would be made anew in each build, and
  // keeps the container of a step that failed.
  buildah: { probe: ["version"], build: ["build", "--layers", "--force-rm"], ignoreFlag: true },
};

/**
 * The engine that was asked for, else the first on the PATH that works.
 * @throws Fault MAYFLY_NO_CONTAINER_ENGINE
 */
export async function findContainerEngine(
  wanted: ContainerEngineName | undefined,
  cwd: string,
): Promise<ContainerEngine> {
  const problems: string[] = [];
  for (const name of wanted === undefined ? CONTAINER_ENGINES : [wanted]) {
    const engine = { name, ...ENGINES[name] };
    const outcome = await runCommand(name, engine.probe, { cwd, env: process.env });
    // One that was named may work all the same, with a builder elsewhere; if not, the build says it.
    if (outcome?.code === 0 || (outcome !== undefined && wanted !== undefined)) {
      return isPodman(outcome) ? { ...engine, ignoreFlag: ENGINES.podman.ignoreFlag } : engine;
    }
    if (outcome !== undefined) problems.push(`  ${name}: ${reason(outcome)}`);
  }
  throw engineFault(wanted, problems);
}

export const START_IT =
  "Start it (Docker Desktop, systemctl start docker, podman machine start, finch vm start) and build again.";

/** The `docker` of distributions that have Podman: it wants Podman's flags, and without them sends the whole project. */
function isPodman({ stdout }: CommandOutcome): boolean {
  return /podman engine/i.test(stdout);
}

/** What it says last is what went wrong. */
function reason({ code, stderr }: CommandOutcome): string {
  return stderr.trim().split("\n").at(-1)?.trim() || `ended with ${code}`;
}

function engineFault(wanted: ContainerEngineName | undefined, problems: readonly string[]): Fault {
  if (problems.length > 0) {
    return new Fault("MAYFLY_NO_CONTAINER_ENGINE", `No container engine works here:\n${problems.join("\n")}`, {
      hint: START_IT,
    });
  }
  const message =
    wanted === undefined
      ? `--docker needs a container engine, and none is in the PATH: ${CONTAINER_ENGINES.join(", ")}.`
      : `${wanted} is not in the PATH.`;
  return new Fault("MAYFLY_NO_CONTAINER_ENGINE", message, {
    hint: "Install Docker (https://docs.docker.com/get-started/get-docker/) or Podman (https://podman.io), or build without --docker.",
  });
}
