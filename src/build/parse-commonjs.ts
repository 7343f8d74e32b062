import { type Options, parse, type Program } from "acorn";

/** CommonJS as Node.js takes it: sloppy, and with a `return` at its top. */
const COMMONJS: Options = { ecmaVersion: "latest", sourceType: "script", allowReturnOutsideFunction: true };

/** `undefined` for an ES module, or newer syntax than the parser knows: the bundler takes it as it is. */
export function parseCommonJs(source: string, options: Pick<Options, "preserveParens"> = {}): Program | undefined {
  try {
    return parse(source, { ...COMMONJS, ...options });
  } catch {
    return undefined;
  }
}
