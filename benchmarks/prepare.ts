import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Arguments } from "./arguments.ts";
import { awsCase } from "./cases/aws.ts";
import type { Case, Place } from "./cases/case.ts";
import { RUNTIME_TITLES, type RuntimeName } from "./cases/runtimes.ts";
import { ELIXIR, elixirMayflyCase, elixirOriginalCase, type ElixirSources } from "./cases/elixir.ts";
import { bunCase, denoCase, llrtCase } from "./cases/engines.ts";
import { emptyProgram, mayflyCase } from "./cases/mayfly.ts";
import { installPeers, type Peers } from "./peers.ts";
import type { Results } from "./results.ts";
import { runCommand } from "./run-command.ts";
import { WORKLOADS } from "./workloads.ts";

export interface Prepared {
  readonly cases: readonly Case[];
  /** Path of the empty program. */
  readonly empty: string | undefined;
  readonly versions: Results["versions"];
  readonly missing: Results["missing"];
}

/** Installs the peers and builds every case that was asked for. */
export async function prepare(args: Arguments, place: Place): Promise<Prepared> {
  const missing: { what: string; why: string }[] = [];
  const versions: Record<string, string> = {};
  const cases: Case[] = [];
  const wanted = (runtime: RuntimeName): boolean => args.runtimes.includes(runtime);
  const workloads = WORKLOADS.filter(({ name }) => args.workloads.includes(name));
  const typescript = workloads.length > 0;

  versions["mayfly"] = `Bun ${process.versions["bun"]}`;
  const needsPeers = typescript && args.runtimes.some((one) => one !== "mayfly" && one !== "original");
  const peers = needsPeers ? installPeers(place.root, place.progress) : undefined;
  const llrt = typescript && peers !== undefined && wanted("llrt") ? findLlrt(peers, place) : undefined;
  if (llrt?.kind === "missing") missing.push({ what: "LLRT", why: llrt.why });

  for (const workload of workloads) {
    place.progress(`Building ${workload.name}`);
    if (wanted("mayfly")) cases.push(await mayflyCase(workload, place));
    if (peers === undefined) continue;
    const { deno } = peers;
    const build: Readonly<Partial<Record<RuntimeName, () => Case>>> = {
      aws: () => awsCase(workload, true, place, peers),
      "aws-unbundled": () => awsCase(workload, false, place, peers),
      bun: () => bunCase(workload, place, peers),
      ...(deno === undefined ? {} : { deno: () => denoCase(workload, place, peers, deno) }),
      ...(llrt?.kind === "present" ? { llrt: () => llrtCase(workload, place, peers, llrt.path) } : {}),
    };
    for (const runtime of args.runtimes) {
      const why = workload.lacking[runtime];
      if (why === undefined) cases.push(...(build[runtime] === undefined ? [] : [build[runtime]()]));
      else if (build[runtime] !== undefined)
        missing.push({ what: `${workload.name} on ${RUNTIME_TITLES[runtime]}`, why });
    }
  }
  if (peers !== undefined) {
    const aws = `aws-lambda-ric ${peers.versions.runtimeClient} on Node.js ${peers.versions.node}`;
    if (wanted("aws")) versions["aws"] = aws;
    if (wanted("aws-unbundled")) versions["aws-unbundled"] = aws;
    if (wanted("bun")) versions["bun"] = `Bun ${process.versions["bun"]}`;
    if (wanted("deno")) {
      if (peers.versions.deno !== undefined) versions["deno"] = `Deno ${peers.versions.deno}`;
      else missing.push({ what: "Deno", why: `benchmarks/peers has none for ${process.arch}` });
    }
    if (llrt?.kind === "present") versions["llrt"] = `LLRT ${LLRT_VERSION}`;
  }

  if (args.workloads.includes(ELIXIR.name)) await prepareElixir();
  return {
    cases,
    empty: typescript && wanted("mayfly") ? emptyProgram(place) : undefined,
    versions,
    missing,
  };

  async function prepareElixir(): Promise<void> {
    const { ORIGINAL_MAYFLY: original, JASON: jason } = process.env;
    const sources: ElixirSources = { jason };
    const mix = spawnSync("mix", ["--version"], { encoding: "utf8" });
    if (mix.status !== 0) {
      missing.push({ what: "Elixir", why: "there is no mix on the PATH" });
      return;
    }
    versions["Elixir"] = elixirVersion(mix.stdout);
    place.progress("Building elixir");
    if (wanted("mayfly")) cases.push(await elixirMayflyCase(place, sources));
    if (!wanted("original")) return;
    if (original === undefined) {
      missing.push({ what: "the original Mayfly", why: "ORIGINAL_MAYFLY does not name a checkout of it" });
    } else {
      cases.push(await elixirOriginalCase(place, sources, original));
    }
  }
}

const LLRT_VERSION = "0.8.1-beta";

type Llrt = { readonly kind: "present"; readonly path: string } | { readonly kind: "missing"; readonly why: string };

/** Compiled once, as its authors do, in some ten minutes: its packages in the registries hold no binary. */
function findLlrt({ folder }: Peers, { progress }: Place): Llrt {
  const root = join(folder, ".llrt");
  const path = join(root, "bin/llrt");
  if (existsSync(path)) return { kind: "present", path };
  if (spawnSync("cargo", ["--version"]).status !== 0) return { kind: "missing", why: "there is no cargo on the PATH" };
  progress(`Compiling LLRT ${LLRT_VERSION}, which takes some ten minutes, once`);
  const args = [
    "install",
    "llrt",
    "--version",
    LLRT_VERSION,
    "--locked",
    "--features",
    "no-sdk,lambda",
    "--root",
    root,
  ];
  try {
    runCommand("cargo", args, {
      environment: {
        CARGO_PROFILE_RELEASE_LTO: "true",
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "1",
        CARGO_PROFILE_RELEASE_STRIP: "true",
        CARGO_PROFILE_RELEASE_PANIC: "abort",
      },
    });
    return { kind: "present", path };
  } catch (error) {
    const [last = ""] = (error instanceof Error ? error.message : String(error)).trim().split("\n").slice(-1);
    return { kind: "missing", why: `cargo could not compile it: ${last}` };
  }
}

function elixirVersion(text: string): string {
  const elixir = /Mix (\S+)/.exec(text)?.[1] ?? "?";
  const otp = /Erlang\/OTP (\d+)/.exec(text)?.[1] ?? "?";
  return `Elixir ${elixir}, OTP ${otp}`;
}
