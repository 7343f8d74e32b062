import { posix } from "node:path";
import { Fault } from "../../../fault.ts";
import type { BuildTarget } from "../../target.ts";

/** Prisma's query engines up to version 6, a file for each system: `libquery_engine-debian-openssl-3.0.x.so.node`. */
const ENGINE = /^(?:lib)?query_engine-((?:linux|rhel|debian|darwin|windows)[\w.-]*?)(?:\.(?:so|dylib|dll)\.node)?$/;

/** What Prisma calls Amazon Linux 2023: it looks for the engine of no other system, though that would run. */
const ON_LAMBDA: Readonly<Record<BuildTarget["arch"], string>> = {
  x86_64: "rhel-openssl-3.0.x",
  arm64: "linux-arm64-openssl-3.0.x",
};

/**
 * Leaves out the engines that Prisma doesn't look for on Lambda.
 * @param files absolute paths, by where they lie in the package
 * @throws Fault MAYFLY_ADDON_TARGET where there are engines and none for Lambda
 */
export function withQueryEngine(files: ReadonlyMap<string, string>, target: BuildTarget): ReadonlyMap<string, string> {
  if (!target.lambda) return files;
  const systems = new Map([...files.keys()].flatMap((name) => systemOf(name).map((system) => [name, system] as const)));
  const wanted = ON_LAMBDA[target.arch];
  if (systems.size > 0 && ![...systems.values()].includes(wanted)) throw engineFault([...systems.keys()], wanted);
  return new Map([...files].filter(([name]) => (systems.get(name) ?? wanted) === wanted));
}

function systemOf(name: string): readonly string[] {
  return ENGINE.exec(posix.basename(name))?.slice(1) ?? [];
}

function engineFault(names: readonly string[], wanted: string): Fault {
  return new Fault(
    "MAYFLY_ADDON_TARGET",
    `Prisma looks for its query engine for ${wanted} on Lambda, and there are others only:\n${names.map((name) => `  ${name}`).join("\n")}`,
    {
      hint: [
        `Add it to the generator in schema.prisma and generate again: binaryTargets = ["native", "${wanted}"]; npx prisma generate`,
        'Or do without it, with a driver adapter: engineType = "client".',
      ].join("\n"),
    },
  );
}
