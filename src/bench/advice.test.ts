import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { advise, shortChain } from "./advice.ts";
import type { BenchReport, ModuleCost, PackageCost } from "./report.ts";
import { summarize } from "./statistics.ts";

const around = (ms: number) => summarize([ms, ms, ms]);

/** A start of 30 ms in which nothing stands out. */
const PLAIN: Omit<BenchReport, "advice"> = {
  version: 1,
  function: { name: "hello", handler: "hello.handle", memoryMb: 128, timeoutMs: 3_000 },
  machine: { cpu: "a processor", cores: 2, platform: "linux", arch: "x64", engine: "Bun" },
  rounds: 3,
  init: {
    total: around(30),
    cpu: around(30),
    emptyProgram: around(5),
    parts: { engine: 6, runtime: 3, loading: 1, builtIns: 0, packages: 10, own: 10 },
    marked: { total: around(30), slowdown: 1 },
  },
  modules: [],
  packages: [],
  builtIns: [],
  invocation: { first: around(2), steady: around(1), cpu: around(1) },
  memory: { peakBytes: 50 * 1_048_576, limitBytes: 128 * 1_048_576 },
  package: { zipBytes: 42_000_000, unzippedBytes: 90_000_000 },
  caveats: [],
};

const sdk = (name: string, total: number, chain: readonly string[]): PackageCost => ({
  package: name,
  modules: 3,
  self: total,
  total,
  bytes: 1_000,
  chain,
});

const own: ModuleCost = {
  module: "src/a.ts",
  package: null,
  phase: "init",
  self: 8,
  total: 8,
  bytes: 100,
  chain: ["src/a.ts"],
};

const copies = ["node_modules/zod/index.js", "node_modules/other/node_modules/zod/index.js"].map((module) => ({
  ...own,
  module,
  package: "zod",
  self: 0,
}));

const s3 = sdk("@aws-sdk/client-s3", 4, ["src/a.ts", "node_modules/@aws-sdk/client-s3/a.js"]);
const scope = sdk("@aws-sdk/*", 12, s3.chain);
const smithy = sdk("@smithy/core", 5, [...s3.chain, "node_modules/@smithy/core/a.js"]);
const https = {
  name: "node:https",
  phase: "init",
  self: 4,
  importedBy: ["src/a.ts", "src/b.ts"],
  chain: ["src/a.ts", "node:https"],
} as const;

/** Each with what it takes to be given. */
const CASES: readonly (readonly [kind: string, text: RegExp, report: Partial<typeof PLAIN>])[] = [
  [
    "load-it-when-it-is-needed",
    /^@aws-sdk\/\* is 12 ms of the start's 30 ms, imported by src\/a\.ts\./,
    { packages: [scope] },
  ],
  [
    "import-the-client-you-use",
    /^aws-sdk is 20 ms/,
    { packages: [sdk("aws-sdk", 20, ["src/a.ts", "node_modules/aws-sdk/a.js"])] },
  ],
  ["built-ins-at-start", /^node:https .* because of src\/a\.ts \(and 1 other module\): 4\.0 ms/, { builtIns: [https] }],
  ["work-at-module-level", /^src\/a\.ts works for 8\.0 ms/, { modules: [own] }],
  ["waiting-at-start", /takes 200 ms but only 30 ms of CPU/, { init: { ...PLAIN.init, total: around(200) } }],
  ["first-invocation", /takes 49 ms more/, { invocation: { ...PLAIN.invocation, first: around(50) } }],
  ["memory", /^It held 120\.0 MB of 128\.0 MB/, { memory: { ...PLAIN.memory, peakBytes: 120 * 1_048_576 } }],
  ["memory", /would have ended it/, { memory: { ...PLAIN.memory, peakBytes: 200 * 1_048_576 } }],
  ["package-size", /^The zip is 57\.2 MB/, { package: { zipBytes: 60_000_000, unzippedBytes: 1 } }],
  [
    "two-copies",
    /^zod is in the package 2 times: node_modules\/zod, node_modules\/other\/node_modules\/zod/,
    { modules: copies },
  ],
];

describe("advice", () => {
  test("is not given where nothing stands out", () => {
    expect(advise(PLAIN)).toEqual([]);
  });

  test.each(CASES)("%s: %s", (kind, text, report) => {
    expect(advise({ ...PLAIN, ...report })).toMatchObject([{ kind, text: expect.stringMatching(text) }]);
  });

  test("for a scope covers its packages and what only they bring in", () => {
    const given = advise({ ...PLAIN, packages: [smithy, s3, scope] });
    expect(given.map(({ text }) => text.split(" ")[0])).toEqual(["@aws-sdk/*"]);
  });

  test("names what brings a package in that no module of the project imports", () => {
    const [first] = advise({ ...PLAIN, packages: [smithy] });
    expect(first?.text).toContain("brought in by @aws-sdk/client-s3");
  });

  test("comes in the order of what it saves", () => {
    const given = advise({ ...PLAIN, modules: [own], builtIns: [https], packages: [scope] });
    expect(given.map(({ saves }) => saves)).toEqual([12, 8, 4]);
  });

  test("always points to a section of docs/bench.md, and each section is given somewhere", () => {
    const page = readFileSync("docs/bench.md", "utf8");
    const advice = page.slice(page.indexOf("## Advice"), page.indexOf("## JSON"));
    const sections = [...advice.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
    expect(new Set(CASES.map(([kind]) => kind))).toEqual(new Set(sections));
  });
});

test("a way through modules is told by the project's files and the packages", () => {
  const chain = ["src/a.ts", "node_modules/x/1.js", "node_modules/x/2.js", "../node_modules/@s/y/index.js", "node:fs"];
  expect(shortChain(chain)).toEqual(["src/a.ts", "x", "@s/y", "node:fs"]);
});
