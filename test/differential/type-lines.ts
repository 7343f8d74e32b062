import { freshName, type Lines, observe } from "./lines.ts";

/** What only TypeScript has. */
export function typeLines(lines: Lines): void {
  const { draw, module, body, head } = lines;
  const { name } = module;
  if (draw.chance(0.3)) {
    const local = freshName(lines, "Color", name);
    body.push(`${draw.chance(0.3) ? "export " : ""}enum ${local} { Red, Green = ${module.index}, Blue }`);
    observe(lines, "enum", `[${local}.Blue, ${local}[0]]`);
  }
  if (lines.features.namespacesInTypes && draw.chance(0.15)) {
    const local = freshName(lines, "Space", name);
    body.push(`namespace ${local} { export const inside = "${name}"; export class Shape {} }`);
    observe(lines, "namespace", `[${local}.inside, ${local}.Shape.name]`);
  }
  if (draw.chance(0.3)) {
    const local = freshName(lines, "Holder", name);
    body.push(
      `class ${local} { constructor(private readonly held: string, public other = 1) {} get() { return this.held; } declare later: string; plain; async; }`,
    );
    observe(lines, "parameter properties", `[Object.keys(new ${local}("x")), new ${local}("y").get()]`);
  }
  if (draw.chance(0.4)) decorated(lines);
  const typed = module.edges.filter(({ to, form }) => to.typescript && form === "named").map(({ to }) => to);
  const [first] = typed;
  // An import that tsc leaves out, since only its type is used.
  if (first !== undefined && draw.chance(0.3)) {
    const local = freshName(lines, `${first.name}_type`, name);
    head.push(
      `import { Wanted as ${local} } from "./${first.path.replace(/^.*\//, "").replace(/\.([cm]?)ts$/, ".$1js")}";`,
    );
    body.push(`const typed: ${local} | undefined = undefined;`);
  }
}

function decorated(lines: Lines): void {
  const { draw, module, body, imported } = lines;
  const { name } = module;
  const local = freshName(lines, "Service", name);
  const decorator = freshName(lines, "mark", name);
  const classes = imported.filter((one) => /Shape|NotFoundError/.test(one));
  const types = [
    "string",
    "number[]",
    "Date",
    "Wanted",
    "Promise<void>",
    "string | null",
    `"a" | "b"`,
    "() => void",
    "unknown",
    ...classes,
    ...classes,
  ];
  const type = (): string => draw.of(types);
  body.push(
    `interface Wanted { id: string }\nconst ${decorator} = (label: string): any => (target: any, key?: string, at?: any) => T("${name} marks " + label + " " + String(key) + (typeof at === "number" ? at : ""));\n` +
      `${draw.chance(0.4) ? `@${decorator}("class") ` : ""}class ${local} { @${decorator}("field") field!: ${type()}; constructor(readonly given: ${type()}) {} @${decorator}("method") run(a: ${type()}, @${decorator}("parameter") b: ${type()}): ${type()} { return undefined as any; } }`,
  );
  observe(lines, "decorated", `[${local}.name, Object.keys(${local})]`);
}
