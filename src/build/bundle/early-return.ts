import { readFileSync } from "node:fs";
import { readEngineMessages } from "../../project/engine-messages.ts";
import { parseCommonJs } from "../parse-commonjs.ts";

/**
 * Builds, and builds again if the bundler refuses CommonJS modules that return early: it takes a module that has
 * nothing but `exports.name = …` for one that can be an ES module, and then has no place for its `return`.
 * @param read gives a file's text as the other plugins have it
 * @param build throws what the bundler throws; the plugins go before any other that loads code
 * @throws what `build` throws
 */
export async function withEarlyReturns(
  read: (path: string) => string,
  build: (plugins: readonly Bun.BunPlugin[]) => Promise<Bun.BuildOutput>,
  wrapped: ReadonlySet<string> = new Set(),
): Promise<Bun.BuildOutput> {
  try {
    return await build(wrapped.size === 0 ? [] : [wrapInFunction(wrapped, read)]);
  } catch (cause) {
    const more = returningEarly(cause).filter((file) => !wrapped.has(file));
    if (more.length === 0) throw cause;
    return withEarlyReturns(read, build, new Set([...wrapped, ...more]));
  }
}

/** The files in which the bundler found such a `return`, and that are CommonJS: in an ES module it is a mistake. */
function returningEarly(cause: unknown): readonly string[] {
  return (readEngineMessages(cause) ?? [])
    .filter(({ message }) => message.startsWith("Top-level return"))
    .map(({ file }) => file)
    .filter((file) => file !== undefined)
    .filter((file) => /\.c?js$/.test(file) && parseCommonJs(readFileSync(file, "utf8")) !== undefined);
}

/** As Node.js runs them. Lines stay, and the module can't be taken for another kind. */
function wrapInFunction(files: ReadonlySet<string>, read: (path: string) => string): Bun.BunPlugin {
  return {
    name: "mayfly-early-return",
    setup(build) {
      build.onLoad({ filter: /\.c?js$/, namespace: "file" }, ({ path }) =>
        files.has(path) ? { contents: `(function () { ${read(path)}\n}).call(this);`, loader: "js" } : undefined,
      );
    },
  };
}
