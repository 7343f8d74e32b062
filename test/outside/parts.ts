import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "vitest";

/** A program that others made, or why this machine hasn't got it. */
export type Part =
  | { readonly kind: "present"; readonly path: string }
  | { readonly kind: "missing"; readonly reason: string };

const here = import.meta.dirname;
const arch = process.arch === "arm64" ? "arm64" : "x64";

/** AWS's runtime for Node.js handlers needs a newer Node.js than Mayfly's tools do. */
export const newerNode: Part = part(join(here, `node_modules/node-linux-${arch}/bin/node`));
/** The Node.js of nodejs22.x, which handlers are measured by. */
export const lambdaNode: Part = part(join(here, `node_modules/node-22-linux-${arch}/bin/node`));
/** Part of the source of Debian's package of Node.js. */
export const webPlatformTests: Part = debianSource("web-platform/.sources", "test/fixtures/wpt");
/** Its entry point; the compiled client stands beside it. */
export const runtimeInterfaceClient: Part = part(
  join(here, "node_modules/aws-lambda-ric/index.mjs"),
  join(here, "node_modules/aws-lambda-ric/rapid-client.node"),
);
export const runtimeInterfaceEmulator: Part = part(
  join(here, `.venv/emulator/samcli/local/rapid/aws-lambda-rie-${arch === "x64" ? "x86_64" : "arm64"}`),
);
/** Installed in the app that the test builds. */
export const nextBuild: Part = part(join(here, "next/node_modules/next/dist/bin/next"));
export const awsCommandLine: Part = part(join(here, ".venv/bin/aws"));
/** Debian's package of it. */
export const chromium: Part = debianPackage("chromium");

/** A container engine that needs no daemon, and what makes base images for it where no registry is. */
export const buildah: Part = asRoot(debianPackage("buildah"));
export const mmdebstrap: Part = debianPackage("mmdebstrap");

function debianPackage(name: string): Part {
  const path = `/usr/bin/${name}`;
  return existsSync(path)
    ? { kind: "present", path }
    : { kind: "missing", reason: `${path} is not there: apt-get install ${name}` };
}

function debianSource(folder: string, inside = ""): Part {
  const path = join(here, folder);
  return existsSync(join(path, ".archive"))
    ? { kind: "present", path: join(path, inside) }
    : { kind: "missing", reason: `${path} is not there: run test/outside/install.sh on Debian` };
}

/** What needs no privileges from its user needs them of the machine that the tests run on. */
function asRoot(one: Part): Part {
  return process.getuid?.() === 0 ? one : { kind: "missing", reason: "only root can run it everywhere" };
}

function part(path: string, ...alsoNeeded: readonly string[]): Part {
  const absent = [path, ...alsoNeeded].find((file) => !existsSync(file));
  if (absent === undefined) return { kind: "present", path };
  return { kind: "missing", reason: `${absent} is not there: run test/outside/install.sh` };
}

/** A suite that needs foreign parts: skipped with the reason where one is missing, but a failure in CI. */
export function describeWith<Names extends string>(
  parts: Readonly<Record<Names, Part>>,
  name: string,
  body: (paths: Readonly<Record<Names, string>>) => void,
): void {
  const paths: Record<string, string> = {};
  for (const [key, one] of Object.entries<Part>(parts)) {
    if (one.kind === "present") {
      paths[key] = one.path;
    } else if (process.env["CI"] === "true") {
      test(name, () => {
        throw new Error(one.reason);
      });
      return;
    } else {
      test.skip(`${name} (${one.reason})`);
      return;
    }
  }
  describe(name, () => body(paths as Record<Names, string>));
}
