import { relative, sep } from "node:path";
import type { Plugin } from "rolldown";

/** What the engine can't do, measured in it, and the way out. */
interface Limit {
  /** The module or package that an import names. */
  readonly of: RegExp;
  /** What has to be in the code besides; without it the import is enough. */
  readonly use?: RegExp;
  readonly says: string;
}

const IMPORT = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*(["'])([^"'\n]+)\1/g;

const LIMITS: readonly Limit[] = [
  {
    of: /^(?:node:)?async_hooks$/,
    use: /\bcreateHook\s*\(/,
    says: "async_hooks.createHook calls no hook in the engine that Mayfly runs on. AsyncLocalStorage works.",
  },
  {
    of: /^cls-hooked$/,
    says: "cls-hooked keeps no context in the engine that Mayfly runs on. AsyncLocalStorage does.",
  },
  {
    of: /^(?:node:)?domain$/,
    says: "A domain catches nothing that is thrown later in the engine that Mayfly runs on. Catch it where it is awaited.",
  },
  {
    of: /^(?:node:)?v8$/,
    use: /\b(?:takeCoverage|stopCoverage|setHeapSnapshotNearHeapLimit|queryObjects|promiseHooks)\b/,
    says: "v8 has no coverage, heap limits, queryObjects and promiseHooks in the engine that Mayfly runs on: the call throws.",
  },
  {
    of: /^(?:node:)?crypto$/,
    use: /["'`](?:aes-(?:128|192|256)-(?:ccm|ocb)|chacha20-poly1305|secp256k1|brainpool\w+|ed448|x448)["'`]/,
    says: "The engine that Mayfly runs on has no such cipher or curve: the call throws. AES-GCM, P-256 and Ed25519 work, others come as packages in JavaScript.",
  },
  { of: /^node:sea$/, says: "The engine that Mayfly runs on has no node:sea." },
  { of: /^node:test\/reporters$/, says: "The engine that Mayfly runs on has no node:test/reporters." },
];

/** Looks for these in the project's own code: what a package names it may never call. */
export function engineLimits(root: string): { readonly plugin: Plugin; readonly warnings: ReadonlySet<string> } {
  const warnings = new Set<string>();
  return {
    warnings,
    plugin: {
      name: "mayfly-engine-limits",
      transform: {
        order: "pre",
        filter: {
          id: { include: /\.[cm]?[jt]sx?$/, exclude: /[\\/]node_modules[\\/]|^\0/ },
          code: /["'](?:(?:node:)?(?:async_hooks|domain|v8|crypto|sea|test\/reporters)|cls-hooked)["']/,
        },
        handler(code, id) {
          for (const { 2: specifier = "", index } of code.matchAll(IMPORT)) {
            const limit = LIMITS.find(({ of }) => of.test(specifier));
            const at = limit?.use === undefined ? index : code.search(limit.use);
            if (limit === undefined || at < 0) continue;
            const line = code.slice(0, at).split("\n").length;
            warnings.add(`${relative(root, id).split(sep).join("/")}:${line}: ${limit.says}`);
          }
        },
      },
    },
  };
}
