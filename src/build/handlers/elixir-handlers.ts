import { Fault } from "../../fault.ts";
import { ELIXIR_PREFIX } from "../../protocol/handler-string.ts";
import { suggest } from "../../support/suggest.ts";
import type { ResolvedFunction } from "../../project/types.ts";
import type { Release } from "../elixir/release.ts";

/**
 * The handler string of a function in the config that runs Elixir, checked against what the release exports.
 * @throws Fault MAYFLY_HANDLER_NOT_FOUND, MAYFLY_HANDLER_UNCLEAR
 */
export function elixirHandlerOf(one: ResolvedFunction, release: Pick<Release, "handlers" | "possible">): string {
  const known = release.handlers;
  const list = known.map(({ handler }) => `  ${handler}`).join("\n");
  if (one.handler === undefined) {
    const [only, another] = known;
    if (only !== undefined && another === undefined) return only.handler;
    throw new Fault(
      "MAYFLY_HANDLER_UNCLEAR",
      `The project has ${only === undefined ? "no function that can be a handler" : "several functions that can be handlers"}; functions.${one.name}.handler must say which one ${one.name} runs.`,
      only === undefined ? {} : { hint: `One of:\n${list}` },
    );
  }
  const wanted = one.handler.startsWith(ELIXIR_PREFIX) ? one.handler : `${ELIXIR_PREFIX}${one.handler}`;
  if ([...known, ...release.possible].some(({ handler }) => handler === wanted)) return wanted;
  const near = suggest(
    wanted,
    known.map(({ handler }) => handler),
  );
  throw new Fault(
    "MAYFLY_HANDLER_NOT_FOUND",
    `functions.${one.name}.handler is "${one.handler}", but no module of the project exports such a function with one or two parameters.`,
    { hint: near === undefined ? `There is:\n${list}` : `Did you mean "${near}"?` },
  );
}
