import { parse } from "cjs-module-lexer";
import { readFileSync } from "node:fs";
import { nodeIn, nodesIn, parseFile, writtenText } from "../../syntax.ts";
import { codeLoader, toJavaScript } from "../defer/javascript.ts";
import { isEsModule, namesDeclared } from "./commonjs-imports.ts";
import { becomesCommonJs } from "./compiled-kind.ts";

const COMMONJS = /\b(?:exports|module|require)\b/;

/** Finds the file that a CommonJS module requires. */
export type FindRequired = (specifier: string, importer: string) => Promise<string | undefined>;

interface Read {
  readonly exports: readonly string[];
  /** What it passes the exports of on. */
  readonly reexports: readonly string[];
}

/**
 * The names that ES modules can import of CommonJS in Node.js, which finds them in the text, with the same reader. It
 * keeps what it has read.
 */
export class CommonJsNames {
  readonly #known = new Map<string, Read | undefined>();

  /** Whether a file is CommonJS: it has no word of an ES module, and isn't said to be one. */
  isCommonJs(file: string): boolean {
    return this.#read(file) !== undefined;
  }

  /** Without `default`; the same each time, whichever of several modules in a circle is asked for first. */
  async of(file: string, find: FindRequired): Promise<readonly string[]> {
    const names = new Set<string>();
    const files = new Set([file]);
    // A Set's values grow while they are walked.
    for (const one of files) {
      const read = this.#read(one) ?? compiledNames(one);
      for (const name of read?.exports ?? []) names.add(name);
      for (const specifier of read?.reexports ?? []) {
        const found = await find(specifier, one);
        if (found !== undefined) files.add(found);
      }
    }
    names.delete("default");
    return [...names].toSorted();
  }

  #read(file: string): Read | undefined {
    if (!this.#known.has(file)) this.#known.set(file, readNames(file));
    return this.#known.get(file);
  }
}

function readNames(file: string): Read | undefined {
  const isTyped = /\.c?tsx?$/.test(file);
  if (!isTyped && !/\.c?js$/.test(file)) return undefined;
  try {
    const code = readFileSync(file, "utf8");
    if (!isTyped) return isOnlySaid(file, code) ? undefined : parse(code);
    // Without a word of an ES module both tsc and the bundler take TypeScript for CommonJS where it may be that.
    return becomesCommonJs(file) && !/\b(?:im|ex)port\b/.test(code) ? { exports: [], reexports: [] } : undefined;
  } catch {
    // An ES module, what no parser takes, or what has no file: the bundler says so.
    return undefined;
  }
}

/** Whether only a package.json tells that a file is an ES module. */
function isOnlySaid(file: string, code: string): boolean {
  return file.endsWith(".js") && !COMMONJS.test(code) && isEsModule(file);
}

/** What there is to be found in what tsc makes of a file, where CommonJS passes that on. */
function compiledNames(file: string): Read | undefined {
  const loader = becomesCommonJs(file) ? codeLoader(file) : undefined;
  if (loader === undefined) return undefined;
  const program = parseFile("plain.js", toJavaScript(readFileSync(file, "utf8"), loader));
  if (program === undefined) return undefined;
  const reexports = nodesIn(program, "body").flatMap((statement) => {
    const isStar = statement.type === "ExportAllDeclaration" && nodeIn(statement, "exported") === undefined;
    const source = isStar ? nodeIn(statement, "source") : undefined;
    return (source && writtenText(source)) ?? [];
  });
  return { exports: [...namesDeclared(program), "__esModule"], reexports };
}
