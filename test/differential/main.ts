import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ALL_FEATURES, FEATURES } from "./features.ts";
import { keptText } from "./kept.ts";
import { type Failure, search, type SearchOptions, shrinkFailures } from "./search.ts";
import { linesOf } from "./signature.ts";

const { values: flags } = parseArgs({
  options: {
    node: { type: "string", default: process.execPath },
    graphs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    batch: { type: "string", default: "400" },
    all: { type: "boolean", default: false },
    apart: { type: "boolean", default: false },
    kinds: { type: "string", default: "20" },
    out: { type: "string", default: "differential-failures" },
  },
});
const [count, first, batch, kinds] = [flags.graphs, flags.seed, flags.batch, flags.kinds].map(Number);
if (count === undefined || first === undefined || batch === undefined || kinds === undefined)
  throw new Error("no numbers");

const folder = mkdtempSync(join(tmpdir(), "mayfly-differential-"));
const options: SearchOptions = {
  folder,
  node: flags.node,
  apart: flags.apart,
  features: flags.all ? ALL_FEATURES : FEATURES,
};
const started = performance.now();
const failures: Failure[] = [];
const accepted = new Map<string, number>();
let [done, entries, refused] = [0, 0, 0];

const seconds = (): string => `${Math.round((performance.now() - started) / 1000)} s`;
const tell = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
};

try {
  while (done < count) {
    const seeds = Array.from({ length: Math.min(batch, count - done) }, (_, index) => first + done + index);
    const found = await search(seeds, options);
    failures.push(...found.failures);
    for (const [reason, times] of found.accepted) accepted.set(reason, (accepted.get(reason) ?? 0) + times);
    done += seeds.length;
    entries += found.entries;
    refused += found.refused;
    tell(`${done} of ${count} graphs, ${failures.length} differences, ${seconds()}`);
  }
  tell("");
  const byKind = new Map<string, Failure[]>();
  for (const failure of failures) {
    byKind.set(failure.signature, [...(byKind.get(failure.signature) ?? []), failure]);
  }
  const often = [...byKind].toSorted((a, b) => b[1].length - a[1].length);
  for (const [signature, all] of often) {
    const seeds = [...new Set(all.map(({ seed }) => seed))];
    console.log(`${all.length} × ${signature}\n    seeds ${seeds.slice(0, 8).join(" ")}`);
  }
  const shrunk = await shrinkFailures(
    often.slice(0, kinds).flatMap(([, all]) => all),
    options,
  );
  const asFound = often.slice(kinds).flatMap(([, all]) => all.slice(0, 1));
  for (const [number, failure] of [...shrunk, ...asFound].entries()) writeFailure(number, failure);
  for (const [reason, times] of accepted) console.log(`accepted ${times} ×: ${reason}`);
  const differing = new Set(failures.map(({ seed }) => seed)).size;
  console.log(
    `${done} graphs (seeds ${first} to ${first + done - 1}), ${entries} runs of entries, ${refused} graphs refused, ` +
      `${differing} graphs differ in ${byKind.size} kinds, ${seconds()}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A folder with the program, and a text that can be kept in test/differential/kept. */
function writeFailure(number: number, { seed, signature, graph, difference }: Failure): void {
  const out = resolve(flags.out, String(number));
  for (const [path, lines] of Object.entries(graph.files)) {
    mkdirSync(join(out, "program", path, ".."), { recursive: true });
    writeFileSync(join(out, "program", path), `${lines.join("\n")}\n`);
  }
  const ours = typeof difference.built === "string" ? [difference.built] : linesOf(difference.built);
  const parts = [
    `${signature}\nseed ${seed}, ${difference.build}`,
    "Node.js:",
    ...linesOf(difference.node),
    "",
    "built:",
    ...ours,
  ];
  writeFileSync(join(out, "traces.txt"), `${parts.join("\n")}\n`);
  writeFileSync(join(out, "kept.txt"), keptText(graph));
  console.log(`${out}: ${signature}`);
}
