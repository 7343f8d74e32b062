import type { Plugin } from "rolldown";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { placeOf } from "./module-place.ts";

/** What chunks import files by that the engine's compiler packs, followed by where they lie from the root. */
const ASSET = "mayfly-asset:";

const PARSERS: Readonly<Record<string, (text: string) => unknown>> = {
  ".toml": (text) => Bun.TOML.parse(text),
  ".yaml": (text) => Bun.YAML.parse(text),
  ".yml": (text) => Bun.YAML.parse(text),
  ".json5": (text) => Bun.JSON5.parse(text),
  ".jsonc": (text) => Bun.JSONC.parse(text),
};

/** What the bundler itself reads by its extension. */
const CODE = /\.(?:[cm]?[jt]sx?|json)$/;
const ATTRIBUTES = /\?attributes=.*$/;
const FILE_TYPE = /\?attributes=.*%22type%22%3A%22file%22/;

export interface AssetsPlugin {
  readonly plugin: Plugin;
  /** Where the files lie that chunks import with `ASSET`, by what they import. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Files that are no code: data is read here, any other is packed as it is, by the engine's compiler. An import of it
 * gives its path, that of a native add-on what the add-on exports.
 */
export function assets(root: string): AssetsPlugin {
  const files = new Map<string, string>();
  const packed = (file: string): string => {
    const specifier = ASSET + placeOf(root, file);
    files.set(specifier, file);
    return JSON.stringify(specifier);
  };
  return {
    files,
    plugin: {
      name: "mayfly-assets",
      resolveId: {
        filter: { id: /^mayfly-asset:/ },
        handler: (specifier) => ({ id: specifier, external: true }),
      },
      load: {
        // All but code, data in JSON, and modules that are no files.
        filter: { id: [/^[^\0].*\.[^./\\?]+(?:\?attributes=.*)?$/] },
        handler(id) {
          const file = id.replace(ATTRIBUTES, "");
          const extension = extname(file).toLowerCase();
          if (FILE_TYPE.test(id)) {
            return { code: `import path from ${packed(file)};\nexport default path;`, moduleType: "js" };
          }
          if (ATTRIBUTES.test(id) || CODE.test(file) || file.startsWith(ASSET)) return undefined;
          const parse = PARSERS[extension];
          if (parse !== undefined)
            return { code: JSON.stringify(parse(readFileSync(file, "utf8"))), moduleType: "json" };
          if (extension === ".txt") return { code: readFileSync(file, "utf8"), moduleType: "text" };
          if (extension === ".css") return { code: "export {};", moduleType: "js" };
          if (extension === ".node") return { code: `module.exports = require(${packed(file)});`, moduleType: "js" };
          return { code: `import path from ${packed(file)};\nexport default path;`, moduleType: "js" };
        },
      },
    },
  };
}

const NAMESPACE = "mayfly-asset";
/** What the engine's compiler makes more of than a file that lies there. */
const ENGINE_KNOWS = /\.(?:node|html)$/;

/** For the engine's compiler: finds the files again. */
export function packedFiles(files: ReadonlyMap<string, string>): Bun.BunPlugin {
  return {
    name: "mayfly-assets",
    setup(build) {
      build.onResolve({ filter: /^mayfly-asset:/ }, ({ path }) => {
        const file = files.get(path);
        if (file === undefined) return undefined;
        return ENGINE_KNOWS.test(file) ? { path: file } : { path: file, namespace: NAMESPACE };
      });
      build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
        contents: readFileSync(path),
        loader: "file",
      }));
    },
  };
}
