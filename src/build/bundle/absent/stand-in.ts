import type { Plugin } from "rolldown";
import { placeOf } from "../linking/module-place.ts";
import { COMMONJS } from "../linking/sloppy-text.ts";

/**
 * What stands for a package that isn't in the program: it is looked for where it is evaluated, as a module of Node.js, and
 * fails there, telling who asked. An import that stays would fail where the chunk is loaded that it has come into, with all
 * that is in there; a `require` that stays the engine fails without frames.
 */
export const STAND_IN = "\0mayfly-absent/";

export function laterModule(root: string, importer: string, specifier: string): string {
  return `${STAND_IN}${placeOf(root, importer)}?${specifier}`;
}

export const loadStandIns: NonNullable<Plugin["load"]> = {
  filter: { id: /^\0mayfly-absent\// },
  // Whatever the name of what is missing ends in.
  handler: (id) => ({ code: standIn(id.slice(STAND_IN.length)), moduleType: "js" }),
};

function standIn(id: string): string {
  const at = id.indexOf("?");
  const filename = `globalThis.process.env.LAMBDA_TASK_ROOT + ${JSON.stringify(`/${id.slice(0, at)}`)}`;
  const own = `require(${JSON.stringify(COMMONJS)}).requireOf(${filename}, require)`;
  return `module.exports = ${own}(${JSON.stringify(id.slice(at + 1))});\n`;
}
