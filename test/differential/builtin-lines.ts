import { freshName, type Lines, observe } from "./lines.ts";

interface Builtin {
  readonly module: string;
  readonly name: string;
  /** Something that gives the same in every engine. */
  readonly call: (name: string) => string;
}

const builtin = (module: string, name: string, call: (name: string) => string): Builtin => ({ module, name, call });
const kind = (name: string): string => `typeof ${name}`;

const BUILTINS: readonly Builtin[] = [
  builtin("path", "join", (f) => `${f}("a", "../b")`),
  builtin("path", "basename", (f) => `${f}("/a/b.c", ".c")`),
  builtin("util", "format", (f) => `${f}("%s-%d", "a", 1)`),
  builtin("util", "inherits", kind),
  builtin("events", "EventEmitter", (f) => `new ${f}().on("x", () => {}).listenerCount("x")`),
  builtin("events", "once", kind),
  builtin("querystring", "stringify", (f) => `${f}({ a: 1, b: "ü" })`),
  builtin("url", "fileURLToPath", (f) => `${f}("file:///a/b%20c")`),
  builtin("url", "URL", (f) => `new ${f}("http://a/b").pathname`),
  builtin("os", "EOL", (f) => f),
  builtin("os", "platform", (f) => `${f}()`),
  builtin("crypto", "createHash", (f) => `${f}("sha256").update("x").digest("hex").slice(0, 8)`),
  builtin("zlib", "gunzipSync", kind),
  builtin("buffer", "Buffer", (f) => `${f}.from("a").toString("hex")`),
  builtin("string_decoder", "StringDecoder", (f) => `new ${f}("utf8").write(Buffer.from("é"))`),
  builtin("assert", "strictEqual", kind),
  builtin("stream", "Transform", (f) => `typeof ${f}.prototype.pipe`),
  builtin("stream", "PassThrough", (f) => `new ${f}().readable`),
  builtin("fs", "existsSync", (f) => `${f}("/not/there")`),
  builtin("fs", "readFileSync", (f) => `${f}("/not/there")`),
  builtin("fs/promises", "readFile", kind),
  builtin("child_process", "spawn", kind),
  builtin("http", "STATUS_CODES", (f) => `${f}[404]`),
  builtin("http", "Agent", kind),
  builtin("https", "request", kind),
  builtin("net", "isIP", (f) => `${f}("127.0.0.1")`),
  builtin("tls", "connect", kind),
  builtin("dns", "lookup", kind),
  builtin("timers", "setTimeout", kind),
  builtin("async_hooks", "AsyncLocalStorage", (f) => `new ${f}().run(7, () => 8)`),
  builtin("worker_threads", "isMainThread", (f) => f),
  builtin("readline", "createInterface", kind),
  builtin("vm", "Script", kind),
  builtin("v8", "serialize", kind),
  builtin("tty", "isatty", (f) => `${f}(9)`),
  builtin("diagnostics_channel", "channel", kind),
  builtin("http2", "connect", kind),
];

/** What graphs replace in the engine's modules: nothing that loading modules needs. */
const PATCHED: readonly Builtin[] = BUILTINS.filter(({ module, name }) =>
  [
    "util.format",
    "querystring.stringify",
    "os.platform",
    "fs.existsSync",
    "crypto.createHash",
    "url.fileURLToPath",
  ].includes(`${module}.${name}`),
);

/** Some use of the engine's modules. */
export function builtinLines(lines: Lines): void {
  const { draw, features } = lines;
  for (let count = 1 + draw.below(3); count > 0; count--) {
    const isMade = lines.module.format === "commonjs" && lines.module.typescript;
    if (features.patches && !lines.module.quiet && !isMade && draw.chance(0.03)) patch(lines);
    else if (lines.module.format === "esm" || lines.module.typescript) useInEsModule(lines, draw.of(BUILTINS));
    else useInCommonJs(lines, draw.of(BUILTINS));
  }
}

function specifier({ draw }: Lines, { module }: Builtin): string {
  return JSON.stringify(draw.chance(0.6) ? `node:${module}` : module);
}

function useInEsModule(lines: Lines, { module, name, call }: Builtin): void {
  const { draw, head } = lines;
  const text = specifier(lines, { module, name, call });
  const label = `${module}.${name}`;
  const flat = module.replaceAll("/", "_");
  const forms = [
    "named",
    "named",
    "default",
    "namespace",
    "default of namespace",
    "both",
    "passed",
    "star",
    "lazy",
  ] as const;
  // Names are read when they are used in what tsc makes CommonJS of, and are fixed in ES modules, in case someone replaces them.
  const isReplaced = PATCHED.some((one) => one.module === module && one.name === name);
  const form = isReplaced && lines.module.format === "commonjs" ? "default" : draw.of(forms);
  switch (form) {
    case "named": {
      const local = freshName(lines, draw.chance(0.6) ? name : `${name}_`, flat);
      head.push(`import { ${local === name ? name : `${name} as ${local}`} } from ${text};`);
      useValue(lines, label, local, call);
      return;
    }
    case "default": {
      const local = freshName(lines, flat, "node");
      head.push(`import ${local} from ${text};`);
      useValue(lines, label, `${local}.${name}`, call);
      return;
    }
    case "namespace": {
      const local = freshName(lines, flat, "node");
      head.push(`import * as ${local} from ${text};`);
      useValue(lines, label, `${local}.${name}`, call);
      return;
    }
    case "default of namespace": {
      const local = freshName(lines, flat, "node");
      head.push(`import * as ${local} from ${text};`);
      const type = lines.features.defaultOfNode ? `typeof ${local}.default` : "0";
      observe(lines, `${label} of default`, `[${type}, ${local}.default.${name} === ${local}.${name}]`);
      return;
    }
    case "both": {
      const main = freshName(lines, flat, "node");
      const local = freshName(lines, name, flat);
      head.push(
        draw.chance(0.5)
          ? `import ${main}, { ${name} as ${local} } from ${text};`
          : `import ${main} from ${text}; import { ${name} as ${local} } from ${specifier(lines, { module, name, call })};`,
      );
      observe(lines, `${label} both ways`, `${main}.${name} === ${local}`);
      useValue(lines, label, local, call);
      return;
    }
    case "passed": {
      const as = freshName(lines, `node_${name}`, flat);
      head.push(`export { ${name} as ${as} } from ${text};`);
      return;
    }
    case "star":
      if (lines.module.exported.size === 0) head.push(`export * from ${text};`);
      return;
    case "lazy":
      lines.later.push(
        `{ const late = await import(${text}); R("${lines.module.name}: late ${label}", () => ${call(`late.${name}`)}); }`,
      );
      return;
    default:
      form satisfies never;
  }
}

function useInCommonJs(lines: Lines, { module, name, call }: Builtin): void {
  const { draw, head } = lines;
  const required = `require(${specifier(lines, { module, name, call })})`;
  const label = `${module}.${name}`;
  const flat = module.replaceAll("/", "_");
  const form = draw.of(["whole", "whole", "destructured", "member", "lazy", "exported"] as const);
  switch (form) {
    case "whole": {
      const local = freshName(lines, flat, "node");
      head.push(`const ${local} = ${required};`);
      useValue(lines, label, `${local}.${name}`, call);
      return;
    }
    case "destructured": {
      const local = freshName(lines, name, flat);
      head.push(`const { ${local === name ? name : `${name}: ${local}`} } = ${required};`);
      useValue(lines, label, local, call);
      return;
    }
    case "member": {
      const local = freshName(lines, name, flat);
      head.push(`const ${local} = ${required}.${name};`);
      useValue(lines, label, local, call);
      return;
    }
    case "lazy":
      lines.later.push(`R("${lines.module.name}: late ${label}", () => ${call(`(${required}).${name}`)});`);
      return;
    case "exported":
      lines.body.push(`exports.node_${name} = ${required}.${name};`);
      return;
    default:
      form satisfies never;
  }
}

function useValue(lines: Lines, label: string, value: string, call: Builtin["call"]): void {
  const { draw, module } = lines;
  const isClass = /\.(?:[A-Z]\w+)$/.test(label) && !/[A-Z]{3}$|_/.test(label.split(".")[1] ?? "");
  if (isClass && draw.chance(0.5) && !/Script|Buffer/.test(label)) {
    const name = freshName(lines, draw.of(["Bus", "Shape", "Derived"]), module.name);
    lines.body.push(`class ${name} extends ${value} { who() { return "${module.name}"; } }`);
    observe(
      lines,
      `${name} on ${label}`,
      `[${name}.name, ${name}.prototype instanceof ${value}, ${name}.prototype.who()]`,
    );
    return;
  }
  if (draw.chance(0.2)) {
    const name = freshName(lines, "kept", module.name);
    lines.body.push(`const ${name} = { it: ${value} };`);
    observe(
      lines,
      `kept ${label}`,
      `[${name}.it === ${value}, ${call(value).includes("(") ? call(`${name}.it`).replace(`${name}.it(`, `(0, ${name}.it)(`) : "0"}]`,
    );
    return;
  }
  observe(lines, label, call(value));
}

/** Replaces a function of the engine, for all modules of the process. */
function patch(lines: Lines): void {
  const { draw, module, head, body } = lines;
  const { module: from, name, call } = draw.of(PATCHED);
  const local = freshName(lines, `${from}_patched`, "node");
  const text = specifier(lines, { module: from, name, call });
  const isModule = module.format === "esm";
  lines.apart = true;
  if (isModule) head.push(`import ${local} from ${text};`);
  else head.push(`const ${local} = require(${text});`);
  const [old, wrapped] = draw.of([
    [`const ${local}_old = ${local}.${name};`, `${local}_old`],
    [`const ${local}_old = { f: ${local}.${name} };`, `${local}_old.f`],
    [`const { ${name}: ${local}_old } = ${local};`, `${local}_old`],
  ]);
  body.push(
    `${old}\n${local}.${name} = (...all) => { T("${name} patched by ${module.name}"); return ${wrapped}(...all); };`,
  );
  if (isModule && lines.features.syncedPatches && draw.chance(0.3)) {
    head.push(`import { syncBuiltinESMExports as ${local}_sync } from "node:module";`);
    body.push(`${local}_sync();`);
  }
  observe(lines, `patched ${from}.${name}`, call(`${local}.${name}`));
  // Who has it by other means.
  if (draw.chance(0.5)) {
    const other = freshName(lines, name, from);
    if (isModule) head.push(`import { ${name} as ${other} } from ${text};`);
    else head.push(`const { ${name}: ${other} } = require(${text});`);
    observe(lines, `${from}.${name} by its name`, call(other));
  }
}
