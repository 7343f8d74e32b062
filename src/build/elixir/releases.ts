import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Arch } from "../../project/types.ts";
import { buildReleaseInContainer, type ContainerOptions } from "./container-release.ts";
import { cacheFolder } from "../cache-folder.ts";
import { buildRelease, type Release } from "./release.ts";
import { withTemporaryFolder } from "../../support/temporary-folder.ts";

/** The BEAM sides of a project's packages. */
export interface Releases {
  readonly all: readonly Release[];
  readonly for: (arch: Arch) => Release | undefined;
}

interface ReleaseSettings {
  readonly root: string;
  /** What releases are for; none for a project without Elixir. */
  readonly arches: readonly Arch[];
  readonly container: ContainerOptions | undefined;
  readonly progress: ((step: string) => void) | undefined;
}

/**
 * Gives `work` the releases of a project: one, which is for this machine's processor whatever was asked for, or from
 * containers one for each architecture.
 * @throws Fault as `buildRelease` and `buildReleaseInContainer` do
 */
export async function buildReleases<T>(
  { root, arches, container, progress = () => undefined }: ReleaseSettings,
  work: (releases: Releases) => Promise<T>,
): Promise<T> {
  if (arches.length === 0) return work({ all: [], for: () => undefined });
  if (container === undefined) {
    return withTemporaryFolder(async (folder) => {
      const release = await buildRelease(root, folder, progress);
      return work({ all: [release], for: () => release });
    });
  }
  // Engines in a virtual machine see the user's home, but not every system's temporary folder.
  const home = join(cacheFolder(process.env), "container");
  mkdirSync(home, { recursive: true });
  return withTemporaryFolder(async (folder) => {
    const releases = new Map<Arch, Release>();
    for (const arch of arches) {
      const own = join(folder, arch);
      mkdirSync(own);
      releases.set(arch, await buildReleaseInContainer(root, own, arch, container, progress));
    }
    return work({ all: [...releases.values()], for: (arch) => releases.get(arch) });
  }, home);
}
