import type { Program } from "acorn";
import type { Plugin, PluginContext } from "rolldown";
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { isFile } from "../../../support/files.ts";
import { parseCommonJs } from "../../parse-commonjs.ts";
import { applyEdits } from "../defer/edits.ts";
import { type ModuleReferences, readReferences } from "../defer/references.ts";
import { lookUp } from "./look-up.ts";
import { PackageTypes } from "./package-type.ts";
import { globalsMade } from "./sloppy-globals.ts";
import { needsSloppy, startsStrict } from "./sloppy-reasons.ts";
import { asText } from "./sloppy-text.ts";
import { deepWrites, readOnlyNames, requiredNames } from "./sloppy-writes.ts";
import { sloppyThis } from "./sloppy-this.ts";
import { ownSources } from "../../own-sources.ts";

type WriteSloppy = (code: string, program: Program, references: ModuleReferences) => string;

const STRICT = /^(?:\s|\/\/.*|\/\*[^]*?\*\/|#!.*)*["']use strict["']/;
/** An ES module is strict by itself, and parsing each of them once more takes a third of a build's time. */
const ES_MODULE = /^(?:import\s*[\w$*{"']|export\s*[\w*{])/m;
const REQUIRES = /\b(?:module\.exports|exports\.|require\s*\()/;
const EVAL = /\beval\s*\(/;

/**
 * Has CommonJS that isn't strict mean what it means: all code is strict in the bundle, which is made of ES modules. Names
 * that nobody declares and `this` of functions are written as what they are. A module with anything else that strict code
 * hasn't got, or has otherwise, is text in the bundle, which is evaluated where the module would be.
 * @param write what stands for such a module
 */
export function sloppyModules(root: string, write: WriteSloppy = asText): Plugin {
  // The bundler begins again where packages are both imported and required (two-builds.ts).
  const known = new Map<string, string | undefined>();
  const types = new PackageTypes();
  const file = join(ownSources(root), "runtime", "places", "module-object.cjs");
  return {
    name: "mayfly-sloppy",
    resolveId: {
      filter: { id: /^mayfly:commonjs$/ },
      handler: () => ({ id: file, moduleSideEffects: false }),
    },
    transform: {
      filter: { id: /^[^\0].*\.c?js$/ },
      async handler(code, id) {
        if (STRICT.test(code) && !EVAL.test(code)) return undefined;
        if (ES_MODULE.test(code) && !REQUIRES.test(code)) return undefined;
        if (!id.endsWith(".cjs") && types.typeOf(dirname(id)) === "module") return undefined;
        const ignored = (names: readonly string[]): Promise<ReadonlySet<string>> =>
          readOnlyAmong(this, id, code, names);
        const written = known.has(code) ? known.get(code) : await asSloppy(code, write, ignored);
        known.set(code, written);
        return written === undefined ? undefined : { code: written, map: null };
      },
    },
  };
}

/** @param ignored tells which properties can't be written, among those that are of objects of other modules */
async function asSloppy(
  code: string,
  write: WriteSloppy,
  ignored: (names: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<string | undefined> {
  const program = parseCommonJs(code);
  if (program === undefined) return undefined;
  const references = readReferences(program);
  if (needsSloppy(program)) return write(code, program, references);
  if (startsStrict(program.body)) return undefined;
  const writes = deepWrites(program);
  const fixed = await ignored(writes.map(({ name }) => name));
  const edits = [
    ...writes.filter(({ name }) => fixed.has(name)).flatMap((one) => one.edits),
    ...globalsMade(references),
    ...sloppyThis(program, code),
  ];
  return edits.length === 0 ? undefined : applyEdits(code, edits);
}

/** Which of these names are of properties that the modules which a module requires have a getter for, and no setter. */
async function readOnlyAmong(
  context: PluginContext,
  id: string,
  code: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const required of names.length === 0 ? [] : requiredNames(code)) {
    const module = await lookUp(context, required, id, "require-call");
    if (module === null || module.external !== false || !isAbsolute(module.id) || !isFile(module.id)) continue;
    const readOnly = readOnlyNames(readFileSync(module.id, "utf8"));
    for (const name of names) if (readOnly.has(name)) found.add(name);
  }
  return found;
}
