import { Fault } from "../fault.ts";
import type { FrontKind } from "../http/front/front-kind.ts";

/** What a build made, as far as choosing from it goes: a part of what `mayfly build --json` prints. */
export interface BuiltProject {
  readonly artifacts: readonly { readonly path: string }[];
  readonly handlers: readonly { readonly handler: string }[];
  readonly functions: readonly BuiltFunctionSettings[];
}

/** A function of mayfly.config.ts. */
export interface BuiltFunctionSettings {
  readonly name: string;
  readonly handler: string;
  /** MB. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it has a function URL with the invoke mode `RESPONSE_STREAM`. */
  readonly stream: boolean;
  /** Path of the file that it runs from. */
  readonly artifact: string;
}

export interface Choice {
  /** A function of the config. */
  readonly function?: string | undefined;
  readonly handler?: string | undefined;
}

export interface ChosenFunction {
  /** The config's name for it, or one after its source file. */
  readonly name: string;
  readonly artifact: string;
  readonly handler?: string;
  readonly memory?: number;
  readonly timeout?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** What serves it over HTTP if nothing else is said; without it `function-url`. */
  readonly front?: FrontKind;
}

/**
 * The function that is meant: the named one of the config, the only one of the config, or the only handler there is.
 * @throws Fault MAYFLY_UNKNOWN_FUNCTION, MAYFLY_WHICH_FUNCTION, MAYFLY_WHICH_HANDLER
 */
export function chooseFunction(built: BuiltProject, choice: Choice): ChosenFunction {
  const configured = configuredFunction(built, choice);
  if (configured !== undefined) {
    const { name, artifact, memory, timeout, environment, stream } = configured;
    const handler = choice.handler ?? configured.handler;
    const settings = { name, artifact, memory, timeout, environment, handler };
    return stream && handler === configured.handler ? { ...settings, front: "function-url-stream" } : settings;
  }
  const [artifact] = built.artifacts;
  if (artifact === undefined) throw new Error("the build made nothing");
  if (choice.handler !== undefined) return withHandler(artifact.path, choice.handler);
  const [handler, another] = built.handlers;
  if (another === undefined) return withHandler(artifact.path, handler?.handler);
  throw new Fault("MAYFLY_WHICH_HANDLER", `There are ${built.handlers.length} handlers to choose from.`, {
    hint: `Say which one with the handler: ${list(built.handlers.map((one) => one.handler))}`,
  });
}

/** Without a config a function is called as its file or module is: `hello`, `Orders` (`Elixir.Shop.Orders.place`). */
export function withHandler(artifact: string, handler: string | undefined): ChosenFunction {
  const parts = handler?.split("/").at(-1)?.split(".") ?? [];
  const own = (parts[0] === "Elixir" ? parts.at(-2) : parts[0]) ?? "";
  const name = own.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 64) || "function";
  return { name, artifact, ...(handler !== undefined && { handler }) };
}

function configuredFunction(built: BuiltProject, choice: Choice): BuiltFunctionSettings | undefined {
  const names = built.functions.map((one) => one.name);
  if (choice.function !== undefined) {
    const named = built.functions.find((one) => one.name === choice.function);
    if (named !== undefined) return named;
    const hint = names.length === 0 ? "Functions have names only in a mayfly.config.ts." : `There is: ${list(names)}`;
    throw new Fault("MAYFLY_UNKNOWN_FUNCTION", `There is no function "${choice.function}" in this project.`, { hint });
  }
  const [only, another] = built.functions;
  if (another === undefined || choice.handler !== undefined) return another === undefined ? only : undefined;
  throw new Fault("MAYFLY_WHICH_FUNCTION", `There are ${names.length} functions to choose from.`, {
    hint: `Say which one: ${list(names)}`,
  });
}

function list(names: readonly string[]): string {
  return names.join(", ");
}
