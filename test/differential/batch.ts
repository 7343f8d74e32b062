import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { driverSource } from "./driver.ts";
import { entryFile, type Graph } from "./graph.ts";

/** What a user has whose TypeScript uses decorators as most frameworks do. */
const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    module: "nodenext",
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    esModuleInterop: true,
    rootDir: ".",
    // Only what tsc writes is wanted of it.
    noCheck: true,
    types: [],
  },
  include: ["**/*.ts", "**/*.mts", "**/*.cts"],
};

/** Graphs in one project, each in its folder. */
export interface Batch {
  /** The project, with what Mayfly builds. */
  readonly folder: string;
  readonly graphs: ReadonlyMap<string, Graph>;
}

export interface BatchEntry {
  /** For the driver: `g3/m0`. */
  readonly id: string;
  readonly graph: string;
  /** Which of its graph's entries. */
  readonly number: number;
  readonly apart: boolean;
}

export function writeBatch(folder: string, graphs: ReadonlyMap<string, Graph>): Batch {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("package.json", `{ "type": "module" }\n`);
  write("tsconfig.json", JSON.stringify(TSCONFIG));
  for (const [name, { files }] of graphs) {
    for (const [path, lines] of Object.entries(files)) write(`${name}/${path}`, `${lines.join("\n")}\n`);
  }
  const batch = { folder, graphs };
  const imports = batchEntries(batch).map(({ id }) => {
    const [name = "", ...rest] = id.split("/");
    const graph = graphs.get(name);
    if (graph === undefined) throw new Error(`No graph ${name}`);
    return [id, `./${name}/${entryFile(graph, rest.join("/"))}`] as const;
  });
  write("driver.mjs", driverSource(imports.map(([id, path]) => [id, path.replace(/\.([cm]?)ts$/, ".$1js")])));
  return batch;
}

export function batchEntries({ graphs }: Batch): readonly BatchEntry[] {
  return [...graphs].flatMap(([name, { entries, apart }]) =>
    entries.map((entry, number) => ({ id: `${name}/${entry}`, graph: name, number, apart })),
  );
}

/** All that is no TypeScript, for who runs it as it is. */
export function copyPlainFiles({ folder }: Batch, to: string): void {
  cpSync(folder, to, { recursive: true, filter: (path) => !/\.[cm]?ts$|tsconfig\.json$|bootstrap$/.test(path) });
}
