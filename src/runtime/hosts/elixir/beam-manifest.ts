import type { Variables } from "../../context.ts";
import type { ChildCommand } from "../../engine/engine.ts";

/** `beam/mayfly.json`, which the build writes beside the release so that nothing else of it has to be read at start. */
export interface BeamManifest {
  /** The emulator, from the release's root. */
  readonly command: string;
  /** `$ROOT` stands for the release's root in these and in `env`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const VERSION = 1;

/** `undefined` for what is no manifest of this version. */
export function parseManifest(text: string): BeamManifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Whatever it is, it was not written by the build.
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { version, command, args, env } = {
    version: 0,
    command: "",
    args: [],
    env: {},
    ...value,
  };
  if (version !== VERSION || typeof command !== "string" || !isTexts(args)) return undefined;
  const variables: unknown = env;
  if (typeof variables !== "object" || variables === null) return undefined;
  const entries = Object.entries(variables).map(([name, text]) => [name, String(text)] as const);
  return { command, args, env: Object.fromEntries(entries) };
}

/** How to start the release that lies in `root`, an absolute path. */
export function beamCommand(manifest: BeamManifest, root: string, environment: Variables): ChildCommand {
  const place = (text: string): string => text.replaceAll("$ROOT", root);
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) variables[name] = value;
  // It changes with each invocation: the child has it from the context.
  delete variables["_X_AMZN_TRACE_ID"];
  // Otherwise the BEAM writes text as escaped bytes.
  const locale = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"] || "";
  if (!/utf-?8/i.test(locale)) variables["LC_CTYPE"] = "C.UTF-8";
  for (const [name, value] of Object.entries(manifest.env)) variables[name] = place(value);
  return { path: `${root}/${manifest.command}`, args: manifest.args.map(place), environment: variables };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
