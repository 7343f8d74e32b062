import { builtinLines } from "./builtin-lines.ts";
import { classBody, freshName, type Lines, observe, use, valueText } from "./lines.ts";
import { type Edge, KINDS, passedAs, passedNames, specifierOf } from "./plan.ts";
import { typeLines } from "./type-lines.ts";

/** The text of an ES module, or of TypeScript that tsc makes CommonJS of. */
export function fillEsModule(lines: Lines): void {
  const { module, draw } = lines;
  for (const name of module.own) lines.taken.add(name === "default" ? "main" : name);
  for (const name of module.own) lines.body.push(declaration(lines, name));
  for (const edge of module.edges) addEdge(lines, edge);
  if (draw.chance(0.35)) builtinLines(lines);
  if (module.typescript) typeLines(lines);
  if (module.quiet) return;
  // Names of CommonJS are for Node.js's ES modules what they were once it was evaluated; in a bundle they are what they are.
  if (module.own.includes("count") && module.format === "esm") lines.later.push(`count += 10;`);
  if (module.format === "esm" && lines.features.topLevelAwait && draw.chance(0.08))
    lines.body.push(
      draw.of([`await 0;`, `await new Promise((resolve) => setTimeout(resolve, 1));`, `await null; await null;`]),
      `T("${module.name} goes on");`,
    );
  if (lines.features.errors && draw.chance(0.02)) lines.body.push(`throw new RangeError("${module.name} fails");`);
  if (module.format === "esm" && !module.typescript && draw.chance(0.08)) {
    lines.later.push(`R("${module.name}: place", () => [import.meta.url, import.meta.dirname, import.meta.filename]);`);
  }
  if (module.format === "esm" && draw.chance(0.05)) observe(lines, "this", "this");
  if (lines.features.missingImports && draw.chance(0.06)) {
    lines.later.push(
      `await import(${draw.of([`"not-there"`, `["not", "there"].join("-")`])}).catch((error) => T("${module.name}: " + D(error)));`,
    );
  }
}

function declaration(lines: Lines, name: string): string {
  const { module, draw } = lines;
  switch (name) {
    case "default": {
      const unnamed = [
        `export default class {}`,
        `export default function () { return "${module.name}"; }`,
        `export default () => "${module.name}";`,
      ];
      return draw.of([
        `export default "default of ${module.name}";`,
        // tsc's CommonJS calls them default_1, or nothing.
        ...(module.format === "esm" ? unnamed : []),
        `export default class Main {}`,
        `export default function main() {}`,
        `export default { from: "${module.name}" };`,
        `const value = { of: "${module.name}" }; export { value as default };`,
      ]);
    }
    case "count":
      return `export let count = ${module.index};`;
    case "make":
    case "build":
      return draw.chance(0.6)
        ? `export function ${name}() { return "${name} of ${module.name}"; }`
        : `export const ${name} = ${valueText(lines, name)};`;
    case "Shape":
    case "NotFoundError":
      if (draw.chance(0.6)) return `export class ${name} ${classBody(lines, name)}`;
      if (draw.chance(0.5)) return `export const ${name} = ${valueText(lines, name)};`;
      return `class Inner${name} ${classBody(lines, name)}\nexport { Inner${name} as ${name} };`;
    default:
      return `export ${draw.chance(0.2) ? "var" : "const"} ${name} = ${valueText(lines, name)};`;
  }
}

function addEdge(lines: Lines, { to, form }: Edge): void {
  const { module, draw, head } = lines;
  const text = JSON.stringify(specifierOf(module, to));
  const attributes = to.format === "json" && module.format === "esm" ? ` with { type: "json" }` : "";
  const names = [...to.exported.keys()].filter((name) => name !== "default");
  // tsc's CommonJS has one only if it was written.
  const isMade = to.format === "commonjs" && to.typescript;
  const hasDefault = isMade
    ? module.format === "commonjs" && to.own.includes("default")
    : (to.format !== "esm" && (module.format === "esm" || to.format === "json")) || to.own.includes("default");
  switch (form) {
    case "side":
      head.push(`import ${text}${attributes};`);
      return;
    case "named": {
      const picked = draw.some(names, 0.6);
      if (picked.length === 0) return void head.push(`import ${text};`);
      const parts = picked.map((name) => {
        const local = freshName(lines, name, to.name);
        lines.imported.push(local);
        return { name, local, text: local === name ? name : `${name} as ${local}` };
      });
      const main = hasDefault && draw.chance(0.2) ? freshName(lines, `${to.name}_default`, to.name) : undefined;
      head.push(
        `import ${main === undefined ? "" : `${main}, `}{ ${parts.map(({ text }) => text).join(", ")} } from ${text};`,
      );
      if (main !== undefined) use(lines, `${to.name}.default`, main, "default");
      for (const { name, local } of parts) use(lines, `${to.name}.${name}`, local, to.exported.get(name) ?? "value");
      return;
    }
    case "default": {
      if (!hasDefault) return void head.push(`import ${text};`);
      const local = freshName(lines, draw.of([`${to.name}_default`, "main", "Shape"]), to.name);
      head.push(`import ${local} from ${text}${attributes};`);
      use(lines, `${to.name}.default`, local, "default");
      if (draw.chance(0.3)) observe(lines, `kind of ${to.name}.default`, `typeof ${local}`);
      return;
    }
    case "namespace": {
      const local = freshName(lines, `${to.name}_all_names`, to.name);
      head.push(`import * as ${local} from ${text}${attributes};`);
      useNamespace(lines, local, to.name, names);
      return;
    }
    case "pass": {
      const passed = passedNames(to);
      if (passed.length === 0) return void head.push(`import ${text};`);
      if (draw.chance(0.4)) {
        const locals = passed.map(
          (name) => [name, freshName(lines, `${to.name}_in`, name), passedAs(to, name)] as const,
        );
        head.push(`import { ${locals.map(([name, local]) => `${name} as ${local}`).join(", ")} } from ${text};`);
        lines.body.push(`export { ${locals.map(([, local, as]) => `${local} as ${as}`).join(", ")} };`);
      } else {
        head.push(`export { ${passed.map((name) => `${name} as ${passedAs(to, name)}`).join(", ")} } from ${text};`);
      }
      return;
    }
    case "star":
      head.push(`export * from ${text};`);
      return;
    case "star as":
      head.push(`export * as ${to.name}_all from ${text};`);
      return;
    case "awaited": {
      const local = freshName(lines, `${to.name}_awaited`, to.name);
      lines.body.push(
        `const ${local} = await import(${text}${attributes === "" ? "" : `, { with: { type: "json" } }`});`,
      );
      useNamespace(lines, local, to.name, names);
      return;
    }
    case "lazy": {
      const way = draw.of(["one", "caught", "both"] as const);
      const load = `import(${text}${to.format === "json" ? `, { with: { type: "json" } }` : ""})`;
      const label = `${module.name} loads ${to.name}`;
      if (way === "one")
        lines.later.push(`const ${to.name}_lazy = await ${load}; R("${label}", () => ${to.name}_lazy);`);
      else if (way === "caught")
        lines.later.push(
          `await ${load}.then((all) => R("${label}", () => all), (error) => T("${label}: " + D(error)));`,
        );
      else
        lines.later.push(
          `await Promise.all([${load}, ${load}]).then(([a, b]) => R("${label} twice", () => [${lines.features.sameNamespace || to.format === "esm" ? "a === b" : "0"}, a]));`,
        );
      return;
    }
    case "created require": {
      const local = freshName(lines, "requireHere", to.name);
      head.push(`import { createRequire as ${local}_made } from "node:module";`);
      lines.body.unshift(`const ${local} = ${local}_made(import.meta.url);`);
      observe(lines, `${to.name} by createRequire`, `${local}(${text})`);
      return;
    }
    case "require":
    case "destructured":
    case "caught":
      throw new Error(`${form} is CommonJS`);
    default:
      form satisfies never;
  }
}

function useNamespace(lines: Lines, local: string, from: string, names: readonly string[]): void {
  const { draw } = lines;
  // tsc's adapter lists no default where there is none.
  const isMade = lines.module.format === "commonjs";
  if (!isMade && draw.chance(0.5))
    observe(lines, `names of ${from}`, `Object.keys(${local}).filter((key) => key !== "__esModule").sort()`);
  if (draw.chance(0.3)) observe(lines, `all of ${from}`, local);
  if (draw.chance(0.3))
    observe(lines, `whether ${from} has it`, `["alpha" in ${local}, "default" in ${local}, ${local}.nothing]`);
  for (const name of draw.some(names, 0.4)) {
    const kind = name.endsWith("_all")
      ? "namespace"
      : (Object.entries(KINDS).find(([one]) => name.endsWith(one))?.[1] ?? "value");
    use(lines, `${from}.${name} of all`, `${local}.${name}`, kind);
  }
}
