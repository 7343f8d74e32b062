import { builtinLines } from "./builtin-lines.ts";
import { freshName, type Lines, observe, use, valueText } from "./lines.ts";
import { type Edge, passedAs, passedNames, specifierOf } from "./plan.ts";

const STAR = `var __exportStar = function (m, exports) { for (var p in m) if (p !== "default" && !Object.prototype.hasOwnProperty.call(exports, p)) exports[p] = m[p]; };`;

/** How it exports: name by name, all in one object, or as a function or class that has the names. */
type Style = "names" | "object" | "function";

/** The text of a CommonJS module. */
export function fillCommonJs(lines: Lines): void {
  const { module, draw, head, body } = lines;
  if (draw.chance(0.3)) head.push(`"use strict";`);
  const isNamed = module.edges.some(({ form }) => form === "pass" || form === "star");
  const style: Style = isNamed
    ? "names"
    : draw.weighted<Style>([
        ["names", 4],
        ["object", 2],
        ["function", 1],
      ]);
  const isMarked = style === "names" && draw.chance(0.35);
  if (isMarked) head.push(`Object.defineProperty(exports, "__esModule", { value: true });`);
  if (module.edges.some(({ form }) => form === "star")) head.push(STAR);
  for (const edge of module.edges) addEdge(lines, edge);
  addOwn(lines, style);
  if (draw.chance(0.35)) builtinLines(lines);
  if (module.quiet) return;
  if (draw.chance(0.06))
    observe(
      lines,
      "this is exports",
      lines.features.moduleObject ? "[this === module.exports, typeof module.id]" : "this === module.exports",
    );
  if (draw.chance(0.06)) lines.later.push(`R("${module.name}: place", () => [__filename, __dirname]);`);
  if (lines.features.moduleObject && draw.chance(0.04))
    observe(lines, "main", "[require.main === module, typeof require.cache, typeof require.resolve]");
  if (lines.features.sloppy && draw.chance(0.12)) {
    body.push(
      draw.of([
        `leaks${lines.seed} = "${module.name}"; R("${module.name} leaks", () => globalThis.leaks${lines.seed});`,
        `R("${module.name}: this of a function", () => (function () { return this === undefined ? "none" : this === globalThis; })());`,
        `R("${module.name}: arguments", () => (function (a) { arguments[0] = 2; return a; })(1));`,
        `R("${module.name}: fixed", () => { const fixed = Object.freeze({ a: 1 }); fixed.a = 2; return fixed.a; });`,
      ]),
    );
  }
  if (!lines.features.errors) return;
  if (draw.chance(0.02)) body.push(`throw new RangeError("${module.name} fails");`);
  if (draw.chance(0.08)) {
    const name = draw.of([`"not-there"`, `"./not-there.js"`, `["not", "there"].join("-")`]);
    body.push(`try { require(${name}); } catch (error) { T("${module.name}: " + D(error)); }`);
  }
}

function addOwn(lines: Lines, style: Style): void {
  const { module, draw, head, body } = lines;
  const on = draw.chance(0.2) || style === "function" ? "module.exports" : "exports";
  if (style === "function")
    head.push(
      `module.exports = ${draw.of([`class Main {}`, `function main() { return "${module.name}"; }`, `() => 1`])};`,
    );
  const own = style === "function" ? module.own.filter((name) => name !== "default") : module.own;
  if (style === "object") {
    const locals = own
      .filter((name) => name !== "default")
      .map((name) => [name, freshName(lines, name, module.name)] as const);
    for (const [name, local] of locals) body.push(`const ${local} = ${valueText(lines, name)};`);
    const parts = locals.map(([name, local]) => (name === local ? name : `${name}: ${local}`));
    lines.last.push(
      `module.exports = { ${[...parts, ...(own.includes("default") ? [`default: "${module.name}"`] : [])].join(", ")} };`,
    );
    return;
  }
  for (const name of own) body.push(`${on}.${name} = ${valueText(lines, name)};`);
}

function addEdge(lines: Lines, { to, form }: Edge): void {
  const { module, draw, head, body } = lines;
  const required = `require(${JSON.stringify(specifierOf(module, to))})`;
  const place = draw.chance(0.8) ? head : body;
  const names = [...to.exported.keys()].filter((name) => name !== "default");
  switch (form) {
    case "side":
      place.push(`${required};`);
      return;
    case "require":
    case "default": {
      const local = freshName(lines, draw.chance(0.2) ? "main" : to.name, to.name);
      place.push(`const ${local} = ${required};`);
      if (draw.chance(0.5)) observe(lines, `all of ${to.name}`, local);
      for (const name of draw.some(names, 0.5))
        use(lines, `${to.name}.${name}`, `${local}.${name}`, to.exported.get(name) ?? "value");
      return;
    }
    case "destructured": {
      const picked = draw.some(names, 0.6);
      const parts = picked.map((name) => {
        const local = freshName(lines, name, to.name);
        return { name, local, text: local === name ? name : `${name}: ${local}` };
      });
      place.push(`const { ${parts.map(({ text }) => text).join(", ")} } = ${required};`);
      for (const { name, local } of parts) use(lines, `${to.name}.${name}`, local, to.exported.get(name) ?? "value");
      return;
    }
    case "caught":
      body.push(
        `try { R("${module.name} has ${to.name}", () => ${required}); } catch (error) { T("${module.name} misses ${to.name}: " + D(error)); }`,
      );
      return;
    case "pass": {
      const passed = passedNames(to);
      const local = freshName(lines, to.name, to.name);
      place.push(`const ${local} = ${required};`);
      for (const name of passed) {
        const as = passedAs(to, name);
        body.push(
          draw.chance(0.5)
            ? `exports.${as} = ${local}.${name};`
            : `Object.defineProperty(exports, "${as}", { enumerable: true, get: function () { return ${local}.${name}; } });`,
        );
      }
      return;
    }
    case "star":
      head.push(`__exportStar(${required}, exports);`);
      return;
    case "lazy": {
      const load = to.format === "esm" ? `await import(${JSON.stringify(specifierOf(module, to))})` : required;
      lines.later.push(`{ const late = ${load}; R("${module.name} loads ${to.name}", () => late); }`);
      return;
    }
    case "named":
    case "namespace":
    case "star as":
    case "awaited":
    case "created require":
      throw new Error(`${form} is of ES modules`);
    default:
      form satisfies never;
  }
}
