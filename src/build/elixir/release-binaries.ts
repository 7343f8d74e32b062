import { readFileSync } from "node:fs";
import { Fault } from "../../fault.ts";
import { binaryKindOf } from "../../support/binary-kind.ts";
import { readVersionNeeds } from "../elf-versions.ts";
import { beyondLambda } from "../lambda-libraries.ts";
import type { PackageFile } from "../package/package-files.ts";
import type { ReleaseOrigin } from "./release.ts";
import type { BuildTarget } from "../target.ts";

/**
 * The Erlang runtime and native libraries in a release come from the machine or the container that built it. Checks that they are made for
 * the target's processor, and that Lambda's system libraries are new enough for them.
 * @throws Fault MAYFLY_ERTS_TARGET, MAYFLY_ERTS_GLIBC
 */
export function checkBinaries(files: readonly PackageFile[], target: BuildTarget, origin: ReleaseOrigin): void {
  const tooNew: string[] = [];
  for (const { name, path } of files) {
    const kind = binaryKindOf(path);
    if (kind.kind === "unknown") continue;
    const isElf = kind.kind === "elf";
    if (target.os === "linux" ? !isElf || kind.machine !== target.arch : kind.kind !== "mach-o") {
      throw wrongTarget(name, target, origin);
    }
    if (!isElf || !target.lambda) continue;
    const needed = beyondLambda(readVersionNeeds(readFileSync(path)));
    if (needed !== undefined) tooNew.push(`  ${name} needs ${needed}`);
  }
  if (tooNew.length === 0) return;
  throw new Fault(
    "MAYFLY_ERTS_GLIBC",
    `${OWNERS[origin]} Erlang is made for a newer Linux than Lambda's, which has glibc 2.34:\n${tooNew.join("\n")}`,
    { hint: origin === "machine" ? IN_A_CONTAINER : OTHER_BASE },
  );
}

const OWNERS: Readonly<Record<ReleaseOrigin, string>> = { machine: "This machine's", container: "The container's" };
const IN_A_CONTAINER = [
  "Build in a container that has Lambda's system: mayfly build --docker",
  "To run it on this machine only: mayfly build --host",
].join("\n");
const OTHER_BASE =
  "Base lambda.Dockerfile on what Lambda consists of: FROM public.ecr.aws/amazonlinux/amazonlinux:2023";

function wrongTarget(name: string, target: BuildTarget, origin: ReleaseOrigin): Fault {
  const wanted = `${target.os === "linux" ? "Linux" : "macOS"} ${target.arch}`;
  return new Fault(
    "MAYFLY_ERTS_TARGET",
    `The package is for ${wanted}, but ${OWNERS[origin].toLowerCase()} Erlang is not: ${name} is made for another system or processor.`,
    {
      hint:
        origin === "machine"
          ? "Build in a container of that kind (mayfly build --docker) or on such a machine; --arch says which one Lambda is to use."
          : "The image that lambda.Dockerfile begins with must be published for that processor, and not be named with another platform.",
    },
  );
}
