import type { Plugin } from "rolldown";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { placeOf } from "./module-place.ts";

/** How code gets at a file that is packed with it, by where that lies from the root. */
export interface PackedFileCode {
  /** A module that exports its path. */
  readonly path: (place: string) => string;
  /** A CommonJS module that exports what a native add-on does. */
  readonly addon: (place: string) => string;
}

/** What chunks import files by that the engine's compiler packs, followed by where they lie from the root. */
const ASSET = "mayfly-asset:";

/** The files lie in the package as they do in the project. */
export const IN_PACKAGE: PackedFileCode = {
  path: (place) => `export default process.env.LAMBDA_TASK_ROOT + ${JSON.stringify(`/${place}`)};`,
  addon: (place) => `module.exports = require(process.env.LAMBDA_TASK_ROOT + ${JSON.stringify(`/${place}`)});`,
};

/** The engine's compiler packs the files into the executable, but for add-ons, which need what lies beside them. */
export const COMPILED_IN: PackedFileCode = {
  path: (place) => `import path from ${JSON.stringify(ASSET + place)};\nexport default path;`,
  addon: IN_PACKAGE.addon,
};

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
  /** Absolute paths of the files that are to be packed, by where they lie from the root. */
  readonly files: ReadonlyMap<string, string>;
  /** Those of them that are loaded from where they lie in the package. */
  readonly addons: ReadonlyMap<string, string>;
}

/**
 * Files that are no code: data is read here, any other is packed as it is. An import of it gives its path, that of a
 * native add-on what the add-on exports.
 */
export function assets(root: string, written: PackedFileCode): AssetsPlugin {
  const [files, addons] = [new Map<string, string>(), new Map<string, string>()];
  const packed = (file: string, code: keyof PackedFileCode): { code: string; moduleType: "js" } => {
    const place = placeOf(root, file);
    (code === "addon" ? addons : files).set(place, file);
    return { code: written[code](place), moduleType: "js" };
  };
  return {
    files,
    addons,
    plugin: {
      name: "mayfly-assets",
      buildStart() {
        // The bundler may begin again, without some packages.
        files.clear();
        addons.clear();
      },
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
          if (FILE_TYPE.test(id)) return packed(file, "path");
          if (ATTRIBUTES.test(id) || CODE.test(file) || file.startsWith(ASSET)) return undefined;
          const parse = PARSERS[extension];
          if (parse !== undefined)
            return { code: JSON.stringify(parse(readFileSync(file, "utf8"))), moduleType: "json" };
          if (extension === ".txt") return { code: readFileSync(file, "utf8"), moduleType: "text" };
          if (extension === ".css") return { code: "export {};", moduleType: "js" };
          return packed(file, extension === ".node" ? "addon" : "path");
        },
      },
    },
  };
}

const NAMESPACE = "mayfly-asset";
/** What the engine's compiler makes more of than a file that lies there. */
const ENGINE_KNOWS = /\.html$/;

/** For the engine's compiler: finds the files again. */
export function packedFiles(files: ReadonlyMap<string, string>): Bun.BunPlugin {
  return {
    name: "mayfly-assets",
    setup(build) {
      build.onResolve({ filter: /^mayfly-asset:/ }, ({ path }) => {
        const file = files.get(path.slice(ASSET.length));
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
