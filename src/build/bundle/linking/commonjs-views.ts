import { relative, resolve, sep } from "node:path";

/** Modules without a file, each of which shows ES modules a CommonJS one in some way. */
export type View =
  /** Does nothing but evaluate it. */
  | "evaluated"
  /** Has the names that Node.js finds in it. */
  | "names"
  /** Is the namespace that `import()` gives in Node.js. */
  | "namespace"
  /** Exports as `all` what compilers make its namespace for TypeScript that becomes CommonJS. */
  | "compiled"
  /** Is it once more: the bundler takes one meaning of `default` for all in a chunk that import the same module. */
  | "again"
  /** Loads an ES module, or another view, for CommonJS: see wrapped-loads.ts. */
  | "loaded";

/** The extension tells the bundler what `default` is: `module.exports` for ES modules, as in Node.js. */
const ID = /^\0mayfly-(evaluated|names|namespace|compiled|again|loaded):(.*)\.[cm]?js$/;

const EXTENSIONS: Readonly<Record<View, string>> = {
  evaluated: "mjs",
  names: "mjs",
  namespace: "mjs",
  // An ES module that takes for `default` what compilers do.
  compiled: "js",
  again: "cjs",
  loaded: "mjs",
};

/** Their ids tell where the file lies from the root, so that they are the same wherever a project lies. */
export class CommonJsViews {
  static readonly ids: RegExp = ID;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  static isAgain(id: string): boolean {
    return ID.exec(id)?.[1] === "again";
  }

  /** What to import it by, as it is written in code. */
  quoted(view: View, file: string): string {
    return JSON.stringify(this.id(view, file));
  }

  /** @param file or the id of a view to be loaded */
  id(view: View, file: string): string {
    const place = ID.test(file) ? file.slice(1) : relative(this.#root, file).split(sep).join("/");
    return `\0mayfly-${view}:${place}.${EXTENSIONS[view]}`;
  }

  /** @param names of the exports of a file; only asked for where they are needed */
  async source(id: string, names: (file: string) => Promise<readonly string[]>): Promise<string> {
    const [, view, place = ""] = ID.exec(id) ?? [];
    const file = resolve(this.#root, place);
    const quoted = JSON.stringify(file);
    if (view === "loaded") {
      const loaded = ID.test(`\0${place}`) ? JSON.stringify(`\0${place}`) : quoted;
      return `export const load = () => import(${loaded});\n`;
    }
    if (view === "evaluated") return `import ${quoted};\n`;
    if (view === "again") return `module.exports = require(${quoted});\n`;
    if (view === "compiled") return `import * as all from ${quoted};\nexport { all };\n`;
    const found = (await names(file)).map((name) => JSON.stringify(name));
    if (view === "names") return `export { ${found.join(", ")} } from ${quoted};\n`;
    return `import ${this.quoted("evaluated", file)};\nimport exported from ${quoted};\n${namespace(found)}`;
  }
}

/** As in Node.js, the values are those that the module had when it was evaluated. */
function namespace(names: readonly string[]): string {
  const values = names.map((name, index) => `const $${index} = read(${name});\n`);
  const exported = names.map((name, index) => `, $${index} as ${name}`);
  return `const read = (name) => {
  try {
    if (exported != null && Object.hasOwn(exported, name)) return exported[name];
  } catch {}
};
${values.join("")}export { exported as default${exported.join("")} };
`;
}
