import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Import, ownSources, type SourceModule } from "./sources.ts";

/** What the modules of one folder may import besides each other. Folders are named from `src`; `.` is `src` itself. */
interface Layer {
  readonly folders: readonly string[];
  /** Folders whose modules it may only load when they are needed: `import()`. */
  readonly onDemand?: readonly string[];
  /** Packages, `node:*` or `bun:*` for all modules of the engine, and what is no TypeScript. Without: none. */
  readonly packages?: readonly string[];
}

const NODE = ["node:*"];

/**
 * Which folder knows which. Type imports and `import()` count as any other. A new folder needs a line here, and one
 * where it is used; docs/architecture.md says what each folder is for.
 */
const LAYERS: Readonly<Record<string, Layer>> = {
  // version.ts: in an artifact the build has its one line written in.
  ".": { folders: [], packages: ["../package.json"] },
  // The package's entry points.
  public: {
    folders: [".", "http/handler", "protocol", "runtime", "runtime/author", "runtime/hosts/http", "runtime/log"],
    packages: ["aws-lambda"],
  },
  support: { folders: ["."], packages: NODE },
  // Pure: crc32 of the event-stream format is all it needs of the engine.
  protocol: { folders: [], packages: ["node:zlib"] },

  // The two sides of an HTTP front are on two machines: they share what an event is, and nothing else.
  http: { folders: [] },
  "http/handler": { folders: ["http", "protocol"], packages: ["aws-lambda"] },
  "http/front": { folders: ["http", "protocol"] },

  // Each byte of the runtime is cold start: no packages, and of the engine's modules only what its cheap ones cost.
  runtime: {
    folders: ["protocol", "runtime/api", "runtime/engine", "runtime/hosts", "runtime/hosts/typescript", "runtime/log"],
    onDemand: ["runtime/hosts/elixir", "runtime/hosts/web"],
  },
  "runtime/engine": { folders: [], packages: ["bun:*"] },
  "runtime/api": { folders: [".", "protocol", "runtime", "runtime/engine"] },
  "runtime/log": { folders: ["runtime"] },
  "runtime/author": { folders: ["runtime", "runtime/log"] },
  // The build puts it into the user's modules; it stands alone.
  "runtime/deferred": { folders: [] },
  "runtime/places": { folders: ["protocol", "runtime/engine"] },
  "runtime/hosts": { folders: ["runtime"] },
  "runtime/hosts/typescript": {
    folders: ["http", "protocol", "runtime", "runtime/engine", "runtime/hosts"],
    onDemand: ["runtime/hosts/http", "runtime/hosts/server"],
    packages: NODE,
  },
  "runtime/hosts/child": { folders: ["protocol", "runtime", "runtime/engine", "runtime/log"] },
  "runtime/hosts/http": { folders: ["http", "http/handler", "protocol", "runtime", "runtime/hosts"] },
  "runtime/hosts/server": {
    folders: ["runtime", "runtime/api", "runtime/engine", "runtime/hosts", "runtime/hosts/http"],
    packages: NODE,
  },
  "runtime/hosts/elixir": {
    folders: ["protocol", "runtime", "runtime/engine", "runtime/hosts", "runtime/hosts/child", "runtime/log"],
  },
  "runtime/hosts/web": {
    folders: [
      "protocol",
      "runtime",
      "runtime/engine",
      "runtime/hosts",
      "runtime/hosts/child",
      "runtime/hosts/elixir",
      "runtime/hosts/http",
      "runtime/log",
    ],
  },

  project: { folders: [".", "protocol", "support"], packages: NODE },

  build: {
    folders: [
      "build/bundle",
      "build/elixir",
      "build/engine",
      "build/handlers",
      "build/inventory",
      "build/layout",
      "build/package",
      ".",
      "project",
      "protocol",
      "support",
    ],
    packages: [...NODE, "acorn", "rolldown/parseAst"],
  },
  "build/handlers": {
    folders: [".", "build", "build/bundle/linking", "build/elixir", "project", "protocol", "support"],
    packages: [...NODE, "acorn"],
  },
  "build/bundle": {
    folders: [
      ".",
      "build",
      "build/bundle/beside",
      "build/bundle/defer",
      "build/bundle/linking",
      "build/bundle/source-maps",
      "build/package",
      "project",
      "protocol",
      "support",
    ],
    packages: [...NODE, "rolldown"],
  },
  "build/bundle/absent": {
    folders: ["build", "build/bundle", "build/bundle/linking", "project", "support"],
    packages: [...NODE, "rolldown"],
  },
  "build/bundle/beside": {
    folders: [".", "build", "build/bundle", "build/bundle/defer", "build/bundle/linking", "build/package", "support"],
    packages: [...NODE, "@vercel/nft", "rolldown"],
  },
  "build/bundle/linking": {
    folders: ["build", "build/bundle", "build/bundle/absent", "build/bundle/defer", "protocol", "support"],
    packages: [...NODE, "acorn", "cjs-module-lexer", "rolldown", "rolldown/experimental", "rolldown/utils"],
  },
  "build/bundle/source-maps": { folders: ["build", "build/layout", "support"], packages: NODE },
  "build/bundle/defer": { folders: [".", "build", "support"], packages: [...NODE, "acorn", "rolldown"] },
  "build/engine": { folders: [".", "build", "project", "support"], packages: NODE },
  "build/elixir": {
    folders: [".", "build", "build/package", "project", "protocol", "support"],
    packages: NODE,
  },
  "build/inventory": {
    folders: [".", "build", "build/bundle/beside", "build/engine", "build/package", "project", "protocol", "support"],
    packages: [...NODE, "@cyclonedx/cyclonedx-library"],
  },
  "build/package": { folders: [".", "build", "project", "protocol", "support"], packages: NODE },
  "build/layout": { folders: ["build", "build/engine", "build/layout/elf", "project", "support"], packages: NODE },
  "build/layout/elf": { folders: ["support"] },

  // The local Lambda meets the runtime over HTTP, so that each is tested against the other and against AWS's parts.
  local: {
    folders: [
      ".",
      "http/front",
      "local/environments",
      "local/front",
      "local/invoke-api",
      "local/package",
      "local/server",
      "protocol",
    ],
    packages: NODE,
  },
  "local/invoke-api": {
    folders: ["local", "local/server", "protocol", "support"],
    packages: NODE,
  },
  "local/front": {
    folders: ["http", "http/front", "local", "local/server", "protocol", "support"],
    packages: NODE,
  },
  "local/environments": {
    folders: ["local", "local/package", "local/sandbox", "protocol", "support"],
    packages: NODE,
  },
  "local/sandbox": {
    folders: ["local", "local/runtime-api", "protocol", "support"],
    packages: [...NODE, "../../support/package-root.cjs"],
  },
  "local/runtime-api": { folders: ["local", "local/server", "protocol", "support"], packages: NODE },
  "local/package": { folders: [".", "local/sandbox", "protocol", "support"], packages: [...NODE, "yauzl"] },
  "local/server": { folders: [".", "support"], packages: NODE },

  testing: { folders: [".", "http/front", "local", "support"], packages: [...NODE, "../support/package-root.cjs"] },
  doctor: {
    folders: [
      "bench",
      "build",
      "build/bundle",
      "build/bundle/absent",
      "build/bundle/linking",
      "build/handlers",
      "build/layout",
      "build/package",
      "project",
      "protocol",
      "support",
    ],
    packages: [...NODE, "d3-hierarchy", "yauzl"],
  },
  bench: {
    folders: [
      ".",
      "build",
      "build/bundle",
      "build/bundle/linking",
      "local",
      "local/environments",
      "local/package",
      "local/sandbox",
      "project",
      "protocol",
      "support",
    ],
    packages: [...NODE, "bun:*", "rolldown"],
  },
  cli: {
    folders: [
      ".",
      "bench",
      "build",
      "build/bundle",
      "build/bundle/defer",
      "build/handlers",
      "cli/commands",
      "doctor",
      "local",
      "project",
      "protocol",
      "support",
    ],
    packages: [...NODE, "commander"],
  },
  "cli/commands": {
    folders: [
      ".",
      "bench",
      "build",
      "build/elixir",
      "build/handlers",
      "cli",
      "doctor",
      "http/front",
      "local",
      "project",
      "protocol",
      "support",
    ],
    packages: [...NODE, "commander"],
  },
};

/** Exported twice on purpose. */
const SAME_NAMES: readonly string[] = [
  // What is said of a BEAM, and of a server's process.
  "endedInInit",
  "notStarted",
  "stillStarting",
  // Of whatever was thrown: the tooling's, and the runtime's, which may import nothing of the tooling.
  "messageOf",
];

const sources = ownSources();
const { modules } = sources;

/** What is wrong with an import, or nothing. */
function fault({ path, folder }: SourceModule, { specifier, module, kind }: Import): string | undefined {
  const layer = LAYERS[folder] ?? { folders: [] };
  const target = modules.find((one) => one.path === module)?.folder;
  if (target === undefined) {
    const [family] = specifier.split(":");
    const allowed = layer.packages?.some(
      (one) => one === specifier || (specifier.includes(":") && one === `${family}:*`),
    );
    return allowed === true ? undefined : `${path} imports ${specifier}`;
  }
  if (target === folder || layer.folders.includes(target)) return undefined;
  if (layer.onDemand?.includes(target) === true)
    return kind === "dynamic" ? undefined : `${path} imports ${module} at once, and may only load it when it is needed`;
  return `${path} imports ${module}`;
}

describe("a module imports only", () => {
  test("what the table allows its folder", () => {
    expect(modules.flatMap((module) => module.imports.flatMap((one) => fault(module, one) ?? []))).toEqual([]);
  });

  test("what doesn't import it, by whatever way: there is no ring", () => {
    expect(rings()).toEqual([]);
  });
});

test("every folder is in the table", () => {
  expect([...new Set(modules.map(({ folder }) => folder))].filter((folder) => LAYERS[folder] === undefined)).toEqual(
    [],
  );
});

test("the table has no folder, no direction and no package that nothing uses", () => {
  const used = new Set(
    modules.flatMap(({ folder, imports }) =>
      imports.flatMap(({ specifier, module }) =>
        module === undefined
          ? [`${folder} -> ${specifier}`, `${folder} -> ${specifier.split(":")[0]}:*`]
          : [`${folder} -> ${specifier}`, `${folder} -> ${modules.find((one) => one.path === module)?.folder}`],
      ),
    ),
  );
  const allowed = Object.entries(LAYERS).flatMap(([folder, { folders, onDemand = [], packages = [] }]) =>
    [...folders, ...onDemand, ...packages].map((other) => `${folder} -> ${other}`),
  );
  expect(allowed.filter((one) => !used.has(one))).toEqual([]);
  expect(Object.keys(LAYERS).filter((folder) => !modules.some((one) => one.folder === folder))).toEqual([]);
});

// What is put into the user's modules (runtime/deferred) is code of the engine that builds them.
test("in the runtime only engine/bun*.ts knows which engine it is", () => {
  const namesBun = modules
    .filter(({ path, imports }) => {
      const text = readFileSync(join(import.meta.dirname, "../..", path), "utf8").replaceAll(
        /\/\*[^]*?\*\/|\/\/.*/g,
        "",
      );
      return /(?<![\w$."'-])Bun\s*[.[]/.test(text) || imports.some(({ specifier }) => specifier.startsWith("bun:"));
    })
    .map(({ path }) => path)
    .filter((path) => path.startsWith("src/runtime/") && !path.startsWith("src/runtime/deferred/"));
  expect(namesBun.length).toBeGreaterThan(0);
  expect(namesBun.filter((path) => !/^src\/runtime\/engine\/bun[\w-]*\.ts$/.test(path))).toEqual([]);
});

test("no two modules export the same name", () => {
  const places = new Map<string, string[]>();
  for (const { path } of modules) {
    for (const name of sources.declaredIn(path)) places.set(name, [...(places.get(name) ?? []), path]);
  }
  const alike = [...places].filter(([name, paths]) => paths.length > 1 && !SAME_NAMES.includes(name));
  expect(alike).toEqual([]);
  expect(SAME_NAMES.filter((name) => (places.get(name)?.length ?? 0) < 2)).toEqual([]);
});

/** Each ring once, as the paths of its modules in the order of their imports. */
function rings(): readonly string[] {
  const found = new Map<string, string>();
  const done = new Set<string>();
  const walk = (path: string, above: readonly string[]): void => {
    const start = above.indexOf(path);
    if (start >= 0) {
      const ring = above.slice(start);
      found.set(ring.toSorted().join(" "), [...ring, path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const { module } of modules.find((one) => one.path === path)?.imports ?? []) {
      if (module !== undefined) walk(module, [...above, path]);
    }
    done.add(path);
  };
  for (const { path } of modules) walk(path, []);
  return [...found.values()];
}
