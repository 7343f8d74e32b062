import { type Options, parse, type Program } from "acorn";

/** CommonJS as Node.js takes it: sloppy, and with a `return` at its top. */
const COMMONJS: Options = {
  ecmaVersion: "latest",
  sourceType: "script",
  allowReturnOutsideFunction: true,
  preserveParens: true,
};

/** Those that were parsed last, by their text: the bundler's plugins get a file one after the other. */
const latest = new Map<string, Program | undefined>();
const KEPT = 16;

/** `undefined` for an ES module, or newer syntax than the parser knows: the bundler takes it as it is. */
export function parseCommonJs(source: string): Program | undefined {
  if (latest.has(source)) return latest.get(source);
  const program = parseNew(source);
  for (const oldest of latest.keys()) {
    if (latest.size < KEPT) break;
    latest.delete(oldest);
  }
  latest.set(source, program);
  return program;
}

function parseNew(source: string): Program | undefined {
  try {
    return parse(source, COMMONJS);
  } catch {
    return undefined;
  }
}
