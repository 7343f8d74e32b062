import { posix } from "node:path";
import type { Draw } from "./draw.ts";

/** What an exported name is, the same in every module, so that importers know what to do with it. */
export const KINDS = {
  alpha: "value",
  beta: "value",
  count: "counter",
  make: "function",
  build: "function",
  Shape: "class",
  NotFoundError: "class",
  items: "object",
  default: "default",
} as const;

export type ExportKind = (typeof KINDS)[keyof typeof KINDS] | "namespace";

export type Form =
  | "side"
  | "named"
  | "default"
  | "namespace"
  | "pass"
  | "star"
  | "star as"
  /** Loaded while the module is evaluated: top-level `await import()`. */
  | "awaited"
  /** Loaded when the handler runs. */
  | "lazy"
  | "created require"
  /** CommonJS. */
  | "require"
  | "destructured"
  | "caught";

export interface Edge {
  readonly to: Module;
  readonly form: Form;
}

export interface Module {
  readonly index: number;
  readonly name: string;
  /** From the graph's folder. */
  readonly path: string;
  readonly format: "esm" | "commonjs" | "json";
  readonly typescript: boolean;
  /** What its package.json says, the graph's or its package's. */
  readonly type: "module" | "commonjs" | undefined;
  readonly package: Package | undefined;
  /** Whether its package says that evaluating it has no effects. */
  readonly quiet: boolean;
  readonly own: readonly string[];
  readonly edges: Edge[];
  /** All that it exports, with what each name is; filled in once all edges are known. */
  readonly exported: Map<string, ExportKind>;
}

export interface Package {
  readonly name: string;
  readonly sideEffects: boolean | readonly string[] | undefined;
  /** Whether all its files can be asked for, or only its main one. */
  readonly open: boolean;
  readonly type: "module" | "commonjs" | undefined;
}

/** What is left out until what differs in it is mended. */
export interface Features {
  readonly cycles: boolean;
  /** Of what a module itself declares further down. */
  readonly earlyReads: boolean;
  readonly topLevelAwait: boolean;
  /** ES modules that import CommonJS beside other things. */
  readonly mixed: boolean;
  readonly typescript: boolean;
  /** TypeScript that tsc makes CommonJS of. */
  readonly typescriptCommonJs: boolean;
  readonly namespacesInTypes: boolean;
  /** Of the engine's modules. */
  readonly patches: boolean;
  /** With `syncBuiltinESMExports`. */
  readonly syncedPatches: boolean;
  /** Whether two `import()` of CommonJS give the same. */
  readonly sameNamespace: boolean;
  readonly sloppy: boolean;
  readonly moduleObject: boolean;
  readonly defaultOfNode: boolean;
  readonly errors: boolean;
  /** `import()` of what isn't there. */
  readonly missingImports: boolean;
}

/** How another module says that it wants this one. */
export function specifierOf(from: Module, to: Module): string {
  if (to.package !== undefined && from.package?.name !== to.package.name) {
    const inside = posix.relative(`node_modules/${to.package.name}`, to.path);
    return inside.startsWith("index.") ? to.package.name : `${to.package.name}/${inside}`;
  }
  const path = posix.relative(posix.dirname(from.path), to.path);
  const relative = path.startsWith(".") ? path : `./${path}`;
  return relative.replace(/\.([cm]?)ts$/, ".$1js");
}

/** Whether one module can name the other at all. */
export function isReachable(from: Module, to: Module): boolean {
  if (to.package === undefined) return from.package === undefined;
  return from.package?.name === to.package.name || to.package.open || posix.basename(to.path).startsWith("index.");
}

/** Fills in what modules export, through all that they pass on. A name that two of them give differently is none. */
export function settleExports(modules: readonly Module[]): void {
  const origin = (module: Module, name: string, seen: readonly string[]): string | undefined => {
    const key = `${module.name}.${name}`;
    if (seen.includes(key)) return undefined;
    if (module.own.includes(name)) return key;
    for (const { to, form } of module.edges) {
      if (form === "star as" && name === `${to.name}_all`) return key;
      if (form === "pass" && passedNames(to).some((one) => passedAs(to, one) === name)) return key;
    }
    if (name === "default") return undefined;
    const found = new Set(
      module.edges
        .filter(({ form }) => form === "star")
        .map(({ to }) => origin(to, name, [...seen, key]))
        .filter((one) => one !== undefined),
    );
    return found.size === 1 ? [...found].join() : undefined;
  };
  const names = new Set<string>(Object.keys(KINDS));
  for (const module of modules) {
    names.add(`${module.name}_all`);
    for (const name of passedNames(module)) names.add(passedAs(module, name));
  }
  for (const module of modules) {
    for (const name of names) {
      if (origin(module, name, []) !== undefined) module.exported.set(name, kindOf(name));
    }
  }
}

/** What a module that passes on this one passes on of it. */
export function passedNames({ own, format }: Module): readonly string[] {
  return format === "json" ? [] : own.slice(0, 2);
}

export function passedAs(module: Module, name: string): string {
  return `${module.name}_${name}`;
}

function kindOf(name: string): ExportKind {
  if (name.endsWith("_all")) return "namespace";
  const plain = name.replace(/^m\d+_/, "");
  const known = Object.entries(KINDS).find(([one]) => one === plain);
  if (known === undefined) throw new Error(`No kind for ${name}`);
  return known[1];
}

/** A plan of modules with their edges. */
export function planModules(
  draw: Draw,
  features: Features,
): { readonly modules: readonly Module[]; /** How many of the first are entries. */ readonly entries: number } {
  const packages = planPackages(draw);
  const count = 2 + draw.below(7);
  const entries = 1 + draw.below(Math.min(3, count));
  const type = draw.of(["module", "commonjs"] as const);
  const style = draw.of(["esm", "esm", "commonjs", "mixed", "mixed"] as const);
  const withTypes = features.typescript && draw.chance(0.35);
  const modules: Module[] = [];
  const mains = new Set<string>();
  for (let index = 0; index < count; index++) {
    const inPackage = index >= entries && packages.length > 0 && draw.chance(0.45) ? draw.of(packages) : undefined;
    const module = planModule(draw, features, { index, entries, type, style, withTypes, inPackage, mains });
    modules.push(module);
  }
  const withCycles = features.cycles && draw.chance(0.25);
  const withAwait = features.topLevelAwait && draw.chance(0.25);
  for (const module of modules) {
    if (module.format === "json") continue;
    const targets = modules.filter((to) => {
      if (to === module || !isReachable(module, to)) return false;
      // It would load with effects what says of itself that it has none.
      if (module.quiet && (!to.quiet || (module.format === "commonjs" && to.format === "esm"))) return false;
      return to.index > module.index || (withCycles && draw.chance(0.3));
    });
    for (const to of draw.shuffled(draw.some(targets, Math.min(0.8, 2.5 / Math.max(1, targets.length))))) {
      module.edges.push({ to, form: draw.weighted(forms(module, to, withAwait)) });
      const again = draw.weighted(forms(module, to, withAwait));
      if (draw.chance(0.1) && !/^(?:pass|star)/.test(again)) module.edges.push({ to, form: again });
    }
  }
  settleExports(modules);
  return { modules, entries };
}

function planPackages(draw: Draw): readonly Package[] {
  return Array.from(
    {
      length: draw.weighted([
        [0, 4],
        [1, 3],
        [2, 2],
      ]),
    },
    (_, index) => ({
      name: draw.chance(0.2) ? `@scope/p${index}` : `p${index}`,
      sideEffects: draw.weighted<Package["sideEffects"]>([
        [undefined, 3],
        [true, 1],
        [false, 4],
        [["*.register.js"], 1],
        [["./lib/**/*.js"], 1],
        [["./index.js", "lib/m*.mjs"], 1],
        [[], 1],
      ]),
      open: draw.chance(0.6),
      type: draw.of(["module", "commonjs", undefined]),
    }),
  );
}

interface Place {
  readonly index: number;
  readonly entries: number;
  readonly type: "module" | "commonjs";
  readonly style: "esm" | "commonjs" | "mixed";
  readonly withTypes: boolean;
  readonly inPackage: Package | undefined;
  /** Packages that have their main module. */
  readonly mains: Set<string>;
}

function planModule(draw: Draw, features: Features, place: Place): Module {
  const { index, entries, inPackage, mains } = place;
  const isMain = inPackage !== undefined && !mains.has(inPackage.name);
  if (isMain) mains.add(inPackage.name);
  const json = index >= entries && !isMain && draw.chance(0.07);
  const type = inPackage === undefined ? place.type : (inPackage.type ?? "commonjs");
  const wanted = place.style === "mixed" && features.mixed ? draw.of(["esm", "commonjs"] as const) : place.style;
  const ofType = type === "module" ? "esm" : "commonjs";
  const format = json ? "json" : wanted === "mixed" ? "esm" : wanted;
  const typescript =
    format !== "json" &&
    place.withTypes &&
    inPackage === undefined &&
    (format === "esm" || features.typescriptCommonJs) &&
    draw.chance(0.7);
  const letter = format === ofType && draw.chance(0.7) ? "" : format === "esm" ? "m" : "c";
  const extension = json ? "json" : `${letter}${typescript ? "t" : "j"}s`;
  const name = `m${index}`;
  const isRegister = extension === "js" && inPackage !== undefined && !isMain && draw.chance(0.3);
  const folder = inPackage === undefined ? draw.of(["", "", "src/"]) : draw.of(["", "lib/", "lib/deep/"]);
  const inFolder = isMain
    ? `index.${extension}`
    : `${index < entries ? "" : folder}${name}${isRegister ? ".register" : ""}.${extension}`;
  const names = Object.keys(KINDS);
  return {
    index,
    name,
    type: inPackage === undefined ? place.type : inPackage.type,
    path: inPackage === undefined ? inFolder : `node_modules/${inPackage.name}/${inFolder}`,
    format,
    typescript,
    package: inPackage,
    quiet: inPackage !== undefined && isQuiet(inPackage, inFolder),
    own: json ? ["default"] : draw.some(names, 0.4),
    edges: [],
    exported: new Map(),
  };
}

/** As webpack reads it: a pattern without a slash matches names in any folder. */
function isQuiet({ sideEffects }: Package, path: string): boolean {
  if (sideEffects === undefined || sideEffects === true) return false;
  if (sideEffects === false) return true;
  const isKept = sideEffects.some((pattern) => {
    const whole = pattern.includes("/") ? pattern.replace(/^\.\//, "") : `**/${pattern}`;
    const source = whole
      .replaceAll(/[.+]/g, String.raw`\$&`)
      .replaceAll("**/", "\0")
      .replaceAll("*", "[^/]*")
      .replaceAll("\0", "(?:.*/)?");
    return new RegExp(`^${source}$`).test(path);
  });
  return !isKept;
}

function forms(from: Module, to: Module, withAwait: boolean): readonly (readonly [Form, number])[] {
  if (from.format === "commonjs" && !from.typescript) {
    if (to.format === "esm") return [["lazy", 1]];
    const always = [
      ["require", 4],
      ["destructured", 2],
      ["side", 1],
    ] as const;
    if (to.format === "json") return [["require", 1]];
    return from.quiet
      ? [...always, ["pass", 1], ["star", 1]]
      : [...always, ["pass", 1], ["star", 1], ["caught", 1], ["lazy", 1]];
  }
  if (from.format === "commonjs" && to.format === "esm") return [["lazy", 1]];
  if (to.format === "json") return [["default", 1]];
  // What Node.js makes the default of tsc's CommonJS is its whole, in a bundle it is what was written.
  if (from.format === "esm" && to.format === "commonjs" && to.typescript)
    return [
      ["side", 1],
      ["named", 4],
    ];
  const always = [
    ["side", 2],
    ["named", 6],
    ["default", 2],
    ["namespace", 2],
    ["pass", 2],
    ["star", 2],
    ["star as", 1],
  ] as const;
  if (from.quiet) return always;
  const isMade = to.format === "commonjs" && to.typescript;
  const more = [
    ["lazy", isMade ? 0 : 2],
    ...(withAwait && from.format === "esm" ? ([["awaited", 2]] as const) : []),
  ] as const;
  const required =
    to.format === "commonjs" && from.format === "esm" && !to.typescript ? ([["created require", 1]] as const) : [];
  return [...always, ...more, ...required];
}
