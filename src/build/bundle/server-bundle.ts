import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, posix } from "node:path";
import type { CompileOptions } from "../compile-options.ts";
import { bundleFault } from "./bundle-fault.ts";
import { withEarlyReturns } from "./early-return.ts";
import { inProjectRoot } from "./in-project-root.ts";
import { mayflyForServers } from "./mayfly-for-servers.ts";
import { UserSources } from "./user-sources.ts";
import type { PackageFile } from "../package/package-files.ts";

export interface ServerBundleRequest {
  readonly root: string;
  /** From the root. */
  readonly script: string;
  /** Where the output goes for now. */
  readonly folder: string;
  readonly compile: CompileOptions;
}

/** Where the script lies at run time; the bundler takes names for others, and no expressions. */
const FOLDER = "$mayflyFolder";
const FILE = "$mayflyFile";

/**
 * Bundles a server's script with all that it imports, so that it runs without `node_modules`. In the package it has its
 * own name, whatever the extension.
 * @throws SourceFault as the compiler reports it
 */
export async function bundleServer(request: ServerBundleRequest): Promise<readonly PackageFile[]> {
  const { root, script, folder, compile } = request;
  const sources = new UserSources(root, compile.external);
  const { outputs } = await inProjectRoot(root, async () => {
    try {
      return await withEarlyReturns(sources.read, (more) =>
        Bun.build({
          entrypoints: [join(root, script)],
          root,
          target: "bun",
          format: "esm",
          minify: { whitespace: true, syntax: true, identifiers: false, keepNames: true },
          sourcemap: compile.sourcemap ? "inline" : "none",
          external: [...compile.external],
          define: {
            "process.env.NODE_ENV": '"production"',
            // Otherwise the paths on the building machine.
            __dirname: FOLDER,
            __filename: FILE,
          },
          banner: `const ${FOLDER}=import.meta.dirname,${FILE}=import.meta.filename;`,
          jsx: { development: false },
          plugins: [...more, mayflyForServers(root), sources.plugin()],
        }),
      );
    } catch (cause) {
      throw bundleFault(cause);
    }
  });
  return Promise.all(
    outputs.map(async (output) => {
      const isEntry = output.kind === "entry-point";
      const name = isEntry ? script : posix.join(dirname(script), basename(output.path));
      const path = join(folder, name);
      const data = new Uint8Array(await output.arrayBuffer());
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, data);
      return { name, path, bytes: data.length, executable: extname(name) === ".node" };
    }),
  );
}
