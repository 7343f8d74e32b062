/** The handler that a batch of graphs is run with; the same text under Node.js and as built. */
export function driverSource(imports: readonly (readonly [entry: string, specifier: string])[]): string {
  const loads = imports.map(
    ([entry, specifier]) => `  ${JSON.stringify(entry)}: () => import(${JSON.stringify(specifier)}),\n`,
  );
  return `${RECORDER}const loads = {\n${loads.join("")}};\n${HANDLE}`;
}

/**
 * What the modules of graphs call: `T` tells a line, `D` describes a value (of the engine's own, and what it counts for itself, only the type), `R` tells what reading something gives. Messages of errors
 * that the engine itself makes differ by engine, so only those of Node.js, which have a code, and the modules' own are told.
 */
const RECORDER = `
let trace = [];
let laters = [];
const ownNames = new Set(["TypeError", "ReferenceError", "SyntaxError", "RangeError", "EvalError", "URIError"]);
const root = process.env.LAMBDA_TASK_ROOT;
// A module is where it was written, not where tsc would have put it.
const placed = (text) => text.split(root).join("<root>").replace(/\\.([cm]?)ts\\b/g, ".$1js");
const describe = (value, depth = 0) => {
  try {
    if (typeof value === "string") return JSON.stringify(placed(value));
    if (typeof value === "function") {
      const kind = /^class\\b/.test(Function.prototype.toString.call(value)) ? "class" : "function";
      return kind + " " + value.name;
    }
    if (typeof value !== "object" || value === null) return String(value);
    if (value instanceof Error) {
      const engines = ownNames.has(value.name) && value.code === undefined;
      return [value.name, engines ? "" : placed(String(value.message)).split("\\n")[0], value.code ?? ""].join("|");
    }
    if (value instanceof Promise) return "Promise";
    if (depth > 2) return "…";
    if (Array.isArray(value)) return "[" + value.map((one) => describe(one, depth + 1)).join(", ") + "]";
    // In which order namespaces and what tsc makes of a module list what they export is nothing that code relies on.
    // The mark of compilers is no name that anybody looks for by listing names.
    const keys = Object.keys(value).filter((key) => key !== "__esModule").sort();
    const fields = keys.map((key) => key + ": " + (/^(?:node_|asyncWrapProviders$)/.test(key) ? typeof value[key] : read(() => value[key], depth + 1)));
    const maker = value[Symbol.toStringTag] === "Module" ? "Object" : Object.getPrototypeOf(value)?.constructor?.name ?? "null";
    return (maker === "Object" ? "" : maker + " ") + "{" + fields.join(", ") + "}";
  } catch (error) {
    return "undescribed: " + (error instanceof Error ? error.name : typeof error);
  }
};
const read = (get, depth = 0) => {
  try {
    return describe(get(), depth);
  } catch (error) {
    return "throws " + describe(error);
  }
};
globalThis.T = (line) => void trace.push(line);
globalThis.D = (value) => describe(value);
globalThis.R = (label, get) => void trace.push(label + " = " + read(get));
globalThis.Later = (run) => void laters.push(run);
globalThis.Laters = async () => {
  for (const run of laters) await run();
};
Reflect.metadata ??= (key, value) => (target, name) =>
  void trace.push("metadata " + key + " of " + String(name) + ": " + describe(value));
`;

const HANDLE = `
export const handle = async ({ entries }) => {
  const outcomes = {};
  for (const entry of entries) {
    trace = [];
    laters = [];
    const mine = trace;
    let end = "hangs";
    const run = async () => {
      const module = await loads[entry]();
      mine.push("loaded");
      const { handle } = "handle" in module ? module : module.default;
      return await handle();
    };
    let timer;
    await Promise.race([
      run().then((value) => (end = "gives " + describe(value)), (error) => (end = "throws " + describe(error))),
      new Promise((resolve) => (timer = setTimeout(resolve, 3000))),
    ]);
    clearTimeout(timer);
    // What is still under way tells before the next begins; what a failure left alone may be waiting.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    if ([end, ...mine].some((line) => /throws|fails/.test(line))) await new Promise((resolve) => setTimeout(resolve, 50));
    outcomes[entry] = { trace: mine, end };
  }
  return outcomes;
};
`;
