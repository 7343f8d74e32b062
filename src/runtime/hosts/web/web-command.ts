import type { WebCommand } from "../../../protocol/web-settings.ts";
import type { Variables } from "../../context.ts";
import type { ProgramCommand } from "../../engine/engine.ts";
import { MAX_HEADER_BYTES } from "../http/server-headers.ts";

/**
 * Node.js does none of this by itself: no packages fetched at run time, no .env file read. And the server must not
 * outlive the runtime.
 */
const ENGINE_FLAGS: readonly string[] = [
  "--no-install",
  "--no-env-file",
  "--no-orphans",
  `--max-http-header-size=${MAX_HEADER_BYTES}`,
];

export interface ProgramPlace {
  /** The package's folder: where the program runs. */
  readonly root: string;
  /** The bootstrap itself, which is the engine as well. */
  readonly bootstrap: string;
  readonly environment: Variables;
  readonly port: number;
}

/** How to start the server. */
export function programCommand({ engine, words }: WebCommand, place: ProgramPlace): ProgramCommand {
  const environment = serverEnvironment(place.environment, place.port);
  const [first = "", ...rest] = words;
  if (!engine) {
    const path = first.startsWith("./") ? place.root + first.slice(1) : first;
    return { path, args: rest, environment, folder: place.root };
  }
  // The compiled executable is then the engine's own command line.
  const variables = { NODE_ENV: "production", ...environment, BUN_BE_BUN: "1" };
  const given = first === "node" || first === "bun" ? rest : words;
  return { path: place.bootstrap, args: [...ENGINE_FLAGS, ...given], environment: variables, folder: place.root };
}

/** What tells a server where to listen, on top of all that the runtime has itself. */
export function serverEnvironment(environment: Variables, port: number): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) variables[name] = value;
  // It changes with each invocation; requests carry it in a header.
  delete variables["_X_AMZN_TRACE_ID"];
  // Next.js goes by HOSTNAME.
  return { ...variables, PORT: String(port), HOST: "127.0.0.1", HOSTNAME: "127.0.0.1" };
}
