import { readField } from "../../../support/read-field.ts";
import type { BuildTarget } from "../../target.ts";

const SYSTEM = /^(?:linux|linuxmusl|linuxglibc|darwin|win32|freebsd|openbsd|android|sunos)$/;
const PROCESSORS: Readonly<Record<string, string>> = {
  x64: "x64",
  amd64: "x64",
  x86_64: "x64",
  arm64: "arm64",
  aarch64: "arm64",
  arm: "arm",
  ia32: "ia32",
  ppc64: "ppc64",
  ppc64le: "ppc64",
  s390x: "s390x",
  riscv64: "riscv64",
};

/** The packages of one architecture that a package declares as optional, by what their names say. */
export function platformPackages(manifest: unknown): readonly (readonly [name: string, version: string])[] {
  const optional = readField(manifest, "optionalDependencies");
  if (typeof optional !== "object" || optional === null) return [];
  return Object.entries(optional).flatMap(([name, version]: [string, unknown]) =>
    platformOf(name) !== undefined && typeof version === "string" ? [[name, version] as const] : [],
  );
}

/** Whether what a package, folder or file is called says that it is for the target; `undefined` where it says nothing. */
export function isNamedFor(name: string, target: BuildTarget): boolean | undefined {
  const platform = platformOf(name);
  if (platform === undefined) return undefined;
  const { system, processors, musl } = platform;
  return system === target.os && !musl && processors.includes(processorOf(target));
}

/** As npm chooses by `os`, `cpu` and `libc`. */
export function isMadeFor(manifest: unknown, target: BuildTarget): boolean {
  const libc = target.os === "linux" ? "glibc" : undefined;
  return (
    takes(readField(manifest, "os"), target.os) &&
    takes(readField(manifest, "cpu"), processorOf(target)) &&
    (libc === undefined || takes(readField(manifest, "libc"), libc))
  );
}

function takes(field: unknown, value: string): boolean {
  const list: readonly unknown[] = Array.isArray(field) ? field : field === undefined ? [] : [field];
  const wanted = list.filter((one) => typeof one === "string" && !one.startsWith("!"));
  return !list.includes(`!${value}`) && (wanted.length === 0 || wanted.includes(value) || wanted.includes("any"));
}

export function processorOf({ arch }: BuildTarget): "x64" | "arm64" {
  return arch === "arm64" ? "arm64" : "x64";
}

interface NamedPlatform {
  readonly system: string;
  readonly processors: readonly string[];
  readonly musl: boolean;
}

function platformOf(name: string): NamedPlatform | undefined {
  const parts = name.toLowerCase().split(/[-.@/+]/);
  const system = parts.find((part) => SYSTEM.test(part));
  const processors = parts.flatMap((part) => PROCESSORS[part] ?? []);
  if (system === undefined || processors.length === 0) return undefined;
  const musl = parts.includes("musl") || parts.includes("musleabihf") || system === "linuxmusl";
  return { system: system.startsWith("linux") ? "linux" : system, processors, musl };
}
