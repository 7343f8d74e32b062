import type { Draw } from "./draw.ts";
import type { ExportKind, Features, Module } from "./plan.ts";

/** The text of a module as it grows. */
export interface Lines {
  readonly module: Module;
  readonly draw: Draw;
  readonly features: Features;
  /** A number that no other graph has. */
  readonly seed: number;
  /** What is brought in, in front of the others. */
  readonly head: string[];
  /** In any order. */
  readonly body: string[];
  /** Behind them. */
  readonly last: string[];
  /** What runs once the entry is loaded. */
  readonly later: string[];
  /** Names that are declared. */
  readonly taken: Set<string>;
  /** Those of them that come from other modules. */
  readonly imported: string[];
  /** Set when it changes what all graphs share. */
  apart: boolean;
}

/** A name that the module hasn't declared, as close to `wanted` as can be; and declares it. */
export function freshName(lines: Lines, wanted: string, prefix: string): string {
  for (let number = 0; ; number++) {
    const name = number === 0 ? wanted : number === 1 ? `${prefix}_${wanted}` : `${prefix}_${wanted}_${number}`;
    if (lines.taken.has(name)) continue;
    lines.taken.add(name);
    return name;
  }
}

/** Tells of something at once, later, or both. */
export function observe(lines: Lines, label: string, expression: string): void {
  const { module, draw } = lines;
  const line = (when: string): string => `R("${module.name}${when}: ${label}", () => ${expression});`;
  const when = draw.weighted([
    ["now", 3],
    ["later", 2],
    ["both", 2],
  ]);
  if (when !== "later" && !module.quiet) lines.body.push(line(""));
  if (when !== "now" && !module.quiet) lines.later.push(line(" later"));
}

/** What is done with a name of another module. */
export function use(lines: Lines, label: string, expression: string, kind: ExportKind): void {
  const { draw, module } = lines;
  const see = (more: string): void => observe(lines, label + more, expression + more);
  switch (kind) {
    case "value":
    case "default":
    case "namespace":
      see("");
      return;
    case "counter":
      see("");
      return;
    case "function":
      if (draw.chance(0.3)) see(".name");
      else see("()");
      return;
    case "object":
      if (draw.chance(0.3) && !module.quiet)
        lines.body.push(`R("${module.name} adds to ${label}", () => ${expression}.list.push("${module.name}"));`);
      see("");
      return;
    case "class": {
      if (draw.chance(0.4)) see(".name");
      if (draw.chance(0.4)) observe(lines, `new ${label}`, `new ${expression}().who()`);
      if (draw.chance(0.5)) {
        const name = freshName(lines, draw.of(["Shape", "Derived", "NotFoundError"]), module.name);
        lines.body.push(`class ${name} extends ${expression} { own() { return super.who() + " in ${module.name}"; } }`);
        observe(
          lines,
          `${name} of ${label}`,
          `[${name}.name, new ${name}().own(), new ${name}() instanceof ${expression}]`,
        );
      }
      return;
    }
    default:
      kind satisfies never;
  }
}

/** The value of something that the module exports itself, as an expression. */
export function valueText(lines: Lines, name: string): string {
  const { module, draw } = lines;
  const place = module.name;
  switch (name) {
    case "alpha":
    case "beta":
      return draw.of([`"${name} of ${place}"`, `${module.index * 10}`, `["${place}"].join()`]);
    case "count":
      return String(module.index);
    case "make":
    case "build":
      return draw.of([`() => "${name} of ${place}"`, `function () { return "${name} of ${place}"; }`, `async () => 1`]);
    case "Shape":
    case "NotFoundError":
      return `class ${draw.chance(0.7) ? name : ""} ${classBody(lines, name)}`;
    case "items":
      return `{ list: ["${place}"] }`;
    default:
      return draw.of([
        `"default of ${place}"`,
        `{ from: "${place}" }`,
        `() => "${place}"`,
        `class {}`,
        `class Shape {}`,
        `function make() {}`,
      ]);
  }
}

export function classBody({ module, draw }: Lines, name: string): string {
  const effect = draw.chance(0.25) && !module.quiet ? ` static made = T("${name} of ${module.name} is made");` : "";
  const parent = name.endsWith("Error") && draw.chance(0.6) ? "extends Error " : "";
  const fields = draw.chance(0.3) ? ` place = "${module.name}";` : "";
  return `${parent}{${effect}${fields} who() { return "${name} of ${module.name}"; } }`;
}
