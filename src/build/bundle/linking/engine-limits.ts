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
    of: /^(?:node:)?async_hooks$/,
    use: /\b(?:executionAsyncId|triggerAsyncId)\s*\(/,
    says: "async_hooks.executionAsyncId and triggerAsyncId are 0 everywhere in the engine that Mayfly runs on. AsyncLocalStorage works.",
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
  {
    of: /^(?:better-sqlite3|drizzle-orm\/better-sqlite3|@prisma\/adapter-better-sqlite3)$/,
    says: "The engine that Mayfly runs on refuses to load better-sqlite3. node:sqlite (DatabaseSync) works.",
  },
  {
    of: /^isolated-vm$/,
    says: "isolated-vm needs parts of V8 that the engine that Mayfly runs on doesn't have: it can't be loaded. Code that is to be kept apart can run in a process or a function of its own.",
  },
  {
    of: /^jsdom$/,
    use: /\brunScripts\s*:\s*["'`]dangerously["'`]/,
    says: 'jsdom runs no scripts of pages in the engine that Mayfly runs on. Without runScripts it works, and with "outside-only" window.eval does.',
  },
  {
    of: /^@datadog\/pprof$/,
    says: "@datadog/pprof takes no samples in the engine that Mayfly runs on. Lambda's own metrics and traces tell where time goes.",
  },
  {
    of: /^(?:node:)?inspector(?:\/promises)?$/,
    use: /["'`](?:Runtime|Debugger|HeapProfiler|NodeTracing|NodeWorker)\.\w+|["'`]Profiler\.\w*Coverage/,
    says: "The inspector of the engine that Mayfly runs on only takes CPU profiles: post fails. v8.getHeapSnapshot works.",
  },
  {
    of: /^(?:node:)?perf_hooks$/,
    use: /\b(?:entryTypes\s*:\s*\[[^\]]*|type\s*:\s*)["'`]gc["'`]/,
    says: "PerformanceObserver is told of no garbage collection in the engine that Mayfly runs on. Marks and measures work.",
  },
  {
    of: /^(?:(?:node:)?diagnostics_channel|@opentelemetry\/instrumentation-undici)$/,
    use: /["'`]undici:|["'`]@opentelemetry\/instrumentation-undici["'`]/,
    says: "The global fetch of the engine that Mayfly runs on tells no channel of its requests. fetch of an installed undici does.",
  },
  {
    of: /^(?:node:)?worker_threads$/,
    use: /\bresourceLimits\s*[:,}]/,
    says: "Workers have no resourceLimits in the engine that Mayfly runs on.",
  },
  {
    of: /^(?:node:)?module$/,
    use: /\bregisterHooks\s*\(|\bmodule\.register\s*\(/,
    says: "Hooks of module loading see nothing of what is compiled in. What is wrapped by name at its import can be wrapped where it is used.",
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
          code: /["'](?:(?:node:)?(?:async_hooks|domain|v8|crypto|inspector|perf_hooks|diagnostics_channel|worker_threads|module|sea|test\/reporters)|cls-hooked|(?:drizzle-orm\/|@prisma\/adapter-)?better-sqlite3|isolated-vm|jsdom|@datadog\/pprof|@opentelemetry\/instrumentation-undici)/,
        },
        handler(code, id) {
          for (const { 2: specifier = "", index } of code.matchAll(IMPORT)) {
            for (const { use, says } of LIMITS.filter(({ of }) => of.test(specifier))) {
              const at = use === undefined ? index : code.search(use);
              if (at < 0) continue;
              const line = code.slice(0, at).split("\n").length;
              warnings.add(`${relative(root, id).split(sep).join("/")}:${line}: ${says}`);
            }
          }
        },
      },
    },
  };
}
