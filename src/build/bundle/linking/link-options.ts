import type { InputOptions } from "rolldown";
import { ENGINE_MODULES } from "../engine-modules.ts";

/** As Node.js and the bundlers before this one look for what an import without an extension means. */
const EXTENSIONS: readonly string[] = [".tsx", ".jsx", ".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];

/** How modules are found and read. */
export function linkOptions({
  root,
  entry,
  external,
}: {
  readonly root: string;
  readonly entry: string;
  readonly external: readonly (string | RegExp)[];
}): InputOptions {
  return {
    input: { main: entry },
    cwd: root,
    platform: "node",
    external: [...builtins(), ...external.map(packageAndBelow)],
    resolve: {
      // What Node.js takes. For packages without "exports", see two-builds.ts.
      conditionNames: ["node"],
      mainFields: ["module", "main"],
      extensions: [...EXTENSIONS],
      // TypeScript writes the name of what it will make of a file.
      extensionAlias: {
        ".js": [".js", ".ts", ".tsx", ".jsx"],
        ".jsx": [".jsx", ".tsx"],
        ".mjs": [".mjs", ".mts"],
        ".cjs": [".cjs", ".cts"],
      },
    },
    moduleTypes: { ".js": "jsx" },
    // The builder's own NODE_ENV is nothing of the function's.
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
    // A constant that is read too early is an error.
    optimization: { inlineConst: false },
    experimental: { attachDebugInfo: "none", importAttributes: true },
    // An entry may export to other chunks too.
    preserveEntrySignatures: "allow-extension",
    // Lines stay where they are in what is changed on the way, and what is slow is seen otherwise.
    checks: { sourcemapBroken: false, bundlerTimings: false },
  };
}

function builtins(): readonly RegExp[] {
  const names = ENGINE_MODULES.map((name) => name.replaceAll(/[/.]/g, "\\$&"));
  return [/^node:/, /^bun(?::|$)/, new RegExp(`^(?:${names.join("|")})$`)];
}

/** What `--external` means: a package with all below it. */
export function packageAndBelow(name: string | RegExp): RegExp {
  return typeof name === "string" ? new RegExp(`^${name.replaceAll(/[^\w@-]/g, "\\$&")}(?:/|$)`) : name;
}
