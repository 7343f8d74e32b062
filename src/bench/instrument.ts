import { Script } from "node:vm";
import type { Plugin } from "rolldown";
import { MARKS_PREFIX } from "./marks.ts";

/** What the marks of an instrumented program stand for: mark `n + 1` begins and `-(n + 1)` ends number `n`. */
export type Marked =
  | { readonly kind: "module"; readonly file: string }
  | { readonly kind: "built-in"; readonly name: string }
  /** From the `import()` of an entry to its end; what of it is inside of no module is reading and linking code. */
  | { readonly kind: "loading" };

export interface Instrumentation {
  /** For `BundleRequest.plugins`. */
  readonly plugins: (own: readonly Plugin[]) => readonly Plugin[];
  /** Complete once the build is done. */
  readonly marked: readonly Marked[];
}

const CODE: readonly string[] = ["js", "jsx", "ts", "tsx"];
const ENTRY_FILE = /[\\/]\.mayfly-entry\.ts$/;
/** How the generated entry loads a module. */
const LOADS_ENTRY = /\(\) => (import\(("[^"]*")\))/g;
/** Only CommonJS can ask for a built-in in the middle of its code; what ESM imports is loaded ahead of the chunk. */
const REQUIRES = /\brequire\(\s*(["'])(?:node:)?([a-z_/0-9]+)\1\s*\)/g;

/**
 * Marks where the body of each module begins and ends, in time.
 * @param builtIns those that an entry's chunks import, by the specifier of the entry: they are loaded one by one
 *   beforehand, so that each has its own time
 * @param builtInNames all that the engine has, without `node:`
 */
export function instrumentation(
  builtIns: ReadonlyMap<string, readonly string[]>,
  builtInNames: readonly string[],
): Instrumentation {
  const marked: Marked[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (key: string, what: Marked): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, marked.push(what) - 1);
    return marked.length - 1;
  };
  const builtIn = (name: string): number => numberOf(`node:${name}`, { kind: "built-in", name });

  const entryText = (text: string): string => {
    const loading = numberOf("loading", { kind: "loading" });
    const loads = text.replace(LOADS_ENTRY, (_all, load: string, specifier: string) => {
      const entry: unknown = JSON.parse(specifier);
      const before = (builtIns.get(String(entry)) ?? []).map(
        (name) => `${mark(builtIn(name) + 1)} await import(${JSON.stringify(name)}); ${mark(-builtIn(name) - 1)}`,
      );
      return `async () => { ${mark(loading + 1)} try { ${before.join(" ")} return await ${load}; } finally { ${mark(-loading - 1)} } }`;
    });
    const numbers = Object.fromEntries(builtInNames.map((name) => [name, builtIn(name) + 1]));
    return `${REPORT}${markedLookUps(numbers)}${loads}`;
  };

  const moduleText = (path: string, text: string): string => {
    if (ENTRY_FILE.test(path)) return entryText(text);
    const number = numberOf(path, { kind: "module", file: path }) + 1;
    const body = text.replace(REQUIRES, (all: string, _quote: string, name: string) =>
      builtInNames.includes(name) ? `(${markCall(builtIn(name) + 1)},${markCall(-builtIn(name) - 1, all)})` : all,
    );
    const at = afterPrologue(body);
    if (returnsEarly(body)) {
      return `${body.slice(0, at)}\n;${mark(number)}try {${body.slice(at)}\n} finally { ${mark(-number)} }`;
    }
    return `${body.slice(0, at)}\n;${mark(number)}${body.slice(at)}\n;${mark(-number)}`;
  };

  return { marked, plugins: (own) => [...own, marking(moduleText)] };
}

/** Behind all others, so that it sees each module's text as they leave it. What is no file nobody looks for the cost of. */
function marking(change: (path: string, text: string) => string): Plugin {
  return {
    name: "mayfly-marks",
    transform: {
      order: "post",
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/, moduleType: [...CODE] },
      handler: (code, id) => ({ code: change(id, code), map: null }),
    },
  };
}

/**
 * Whether a module can end before its last line, as CommonJS can. Only then is it put into a block: the bundler sees
 * what a module exports only at its top level, and would make another program of it.
 */
function returnsEarly(text: string): boolean {
  if (!text.includes("return")) return false;
  try {
    Reflect.construct(Script, [text]);
    return false;
  } catch (error) {
    // All other problems, `import` among them, are the bundler's to judge.
    return error instanceof SyntaxError && error.message.startsWith("Return statements are only valid inside");
  }
}

/** `globalThis.`, since a module may have a `performance` of its own that is not there yet. */
function markCall(number: number, between?: string): string {
  const push = (value: string): string => `(globalThis.__mayflyMarks??=[]).push(${number},${value})`;
  const now = "globalThis.performance.now()";
  if (between === undefined) return push(now);
  // Its value is the one of the whole; the mark comes after it.
  return `((value) => (${push(now)}, value))(${between})`;
}

function mark(number: number): string {
  return `${markCall(number)};`;
}

/** Writes the marks when it is asked to. Before the runtime replaces the console: a log line has a time and a level. */
const REPORT = `const __mayflyWrite = console.log.bind(console);
process.on("SIGUSR2", () => __mayflyWrite(${JSON.stringify(MARKS_PREFIX)} + JSON.stringify([performance.timeOrigin, globalThis.__mayflyMarks])));
`;

/** `process.getBuiltinModule`, with marks: code that loads a built-in only when it needs it does it this way. */
function markedLookUps(numbers: Readonly<Record<string, number>>): string {
  return `{
  const look = process.getBuiltinModule, numbers = ${JSON.stringify(numbers)}, marks = (globalThis.__mayflyMarks ??= []);
  process.getBuiltinModule = (name) => {
    const number = numbers[String(name).replace(/^node:/, "")];
    if (number === undefined) return look.call(process, name);
    marks.push(number, globalThis.performance.now());
    try { return look.call(process, name); } finally { marks.push(-number, globalThis.performance.now()); }
  };
}
`;
}

const PROLOGUE = /\s+|\/\/.*|\/\*[\s\S]*?\*\/|(["'])use [\w ]+\1(?:\s*;|(?=\s*[\r\n]))/y;

/** Where a first statement can stand: behind `"use strict"`, which counts only before all others, and behind `#!`. */
export function afterPrologue(text: string): number {
  let at = /^\uFEFF?(?:#!.*)?/.exec(text)?.[0].length ?? 0;
  let end = at;
  for (;;) {
    PROLOGUE.lastIndex = at;
    const match = PROLOGUE.exec(text);
    if (match === null || match[0] === "") return end;
    at += match[0].length;
    // Comments stay in front as well: JSX pragmas and licences mean the file, not a statement.
    if (!/^\s+$/.test(match[0])) end = at;
  }
}
