import type fc from "fast-check";
import { fillCommonJs } from "./commonjs-lines.ts";
import { type Draw, drawing } from "./draw.ts";
import { fillEsModule } from "./es-lines.ts";
import type { Graph } from "./graph.ts";
import type { Lines } from "./lines.ts";
import { type Features, type Module, type Package, planModules } from "./plan.ts";

/** Programs of a few modules that tell what they do. */
export function graphs(features: Features): fc.Arbitrary<Graph> {
  return drawing((draw) => makeGraph(draw, features));
}

function makeGraph(draw: Draw, features: Features): Graph {
  const { modules, entries: count } = planModules(draw, features);
  const files: Record<string, readonly string[]> = {};
  const seed = draw.below(1_000_000_000);
  let apart = false;
  const entries: string[] = [];
  for (const module of modules) {
    const isEntry = module.index < count;
    if (isEntry) entries.push(module.path.replace(/\.[cm]?[jt]s$/, ""));
    if (module.format === "json") {
      files[module.path] = [`{ "json": "${module.name}" }`];
      continue;
    }
    const lines: Lines = {
      module,
      draw,
      features,
      seed,
      head: [],
      body: [],
      last: [],
      later: [],
      taken: new Set(),
      imported: [],
      apart: false,
    };
    files[module.path] = textOf(lines, isEntry);
    apart ||= lines.apart;
  }
  const type = modules.find((module) => module.package === undefined)?.type;
  files["package.json"] = [JSON.stringify({ type })];
  for (const one of new Set(modules.map((module) => module.package))) {
    if (one !== undefined) files[`node_modules/${one.name}/package.json`] = [manifest(draw, one, modules)];
  }
  return { files, entries, apart };
}

function textOf(lines: Lines, isEntry: boolean): readonly string[] {
  const { module, draw, features, head, body, last } = lines;
  const isCommonJs = module.format === "commonjs" && !module.typescript;
  if (isCommonJs) fillCommonJs(lines);
  else fillEsModule(lines);
  const handle = `async () => { await Laters(); return "done"; }`;
  const entry = isCommonJs ? `module.exports.handle = ${handle};` : `export const handle = ${handle};`;
  const begins = module.quiet ? [] : [`T("${module.name} begins");`];
  return [
    ...(isCommonJs ? [...begins, ...head] : [...head, ...begins]),
    ...(features.earlyReads && draw.chance(0.4) ? draw.shuffled(body) : body),
    ...last,
    // Telling is an effect.
    ...draw.shuffled(module.quiet ? [] : lines.later).map((line) => `Later(async () => { ${line} });`),
    ...(isEntry ? [entry] : []),
    ...(module.quiet ? [] : [`T("${module.name} ends");`]),
  ];
}

function manifest(draw: Draw, { name, type, sideEffects, open }: Package, modules: readonly Module[]): string {
  const main = modules.find((module) => module.package?.name === name);
  const file = main?.path.replace(`node_modules/${name}/`, "") ?? "index.js";
  const ways = open
    ? draw.of([{ main: file }, { main: `./${file}` }, { exports: { ".": `./${file}`, "./*": "./*" } }])
    : draw.of([{ exports: `./${file}` }, { exports: { ".": { import: `./${file}`, default: `./${file}` } } }]);
  return JSON.stringify({ name, version: "1.0.0", type, sideEffects, ...ways });
}
