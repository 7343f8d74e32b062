import { shortChain } from "../bench/advice.ts";
import type { BenchReport } from "../bench/report.ts";
import { megabytes } from "../support/megabytes.ts";
import type { Summary } from "../bench/statistics.ts";
import type { Paint } from "./terminal.ts";

const BAR = 24;
const MODULES = 8;
const PACKAGES = 5;
const BUILT_INS = 5;
/** Not worth a line: in milliseconds. */
const SHOWN_MS = 0.05;
const WIDTH = 80;

/** What was measured, for a person, in 80 columns. */
export function formatBench(report: BenchReport, paint: Paint): string {
  const sections = [
    heading(report, paint),
    start(report, paint),
    packages(report, paint),
    modules(report, paint),
    builtIns(report, paint),
    invocation(report, paint),
    advice(report, paint),
    caveats(report, paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function heading({ function: one, machine, rounds }: BenchReport, paint: Paint): string[] {
  const name = one.handler === null || one.handler === one.name ? "" : `  ${one.handler}`;
  return [
    `${paint("bold", one.name)}${name}  ${one.memoryMb} MB`,
    paint("dim", `${rounds} starts on ${machine.cpu}, ${machine.cores} cores, ${machine.engine}; medians (quartiles)`),
  ];
}

function start({ init }: BenchReport, paint: Paint): string[] {
  const lines = [
    row("Start", ms(init.total.median), `${quartiles(init.total)}  process start to ready for work`, paint),
  ];
  const { parts } = init;
  if (parts !== null) {
    const rows = [
      ["engine", parts.engine],
      ["runtime", parts.runtime],
      ["loading your code", parts.loading],
      ["built-ins", parts.builtIns],
      ["packages", parts.packages],
      ["your modules", parts.own],
    ] as const;
    for (const [label, value] of rows.filter(([, value]) => value >= SHOWN_MS)) {
      const share = value / init.total.median;
      const bar = "█".repeat(Math.round(share * BAR));
      lines.push(`  ${label.padEnd(18)}${ms(value).padStart(9)}  ${percent(share)}  ${paint("cyan", bar)}`.trimEnd());
    }
  }
  lines.push(
    paint(
      "dim",
      `  a compiled program that does nothing takes ${ms(init.emptyProgram.median)} ${quartiles(init.emptyProgram)}`,
    ),
  );
  if (init.marked !== null) {
    lines.push(
      paint("dim", `  divided by a copy with marks, which takes ${ms(init.marked.total.median)}, scaled to this`),
    );
  }
  return lines;
}

function packages(report: BenchReport, paint: Paint): string[] {
  const rows = report.packages.filter(({ total }) => total >= SHOWN_MS).slice(0, PACKAGES);
  if (rows.length === 0) return [];
  return [
    header("Packages at the start", ["own", "with all", "size"], paint),
    ...rows.flatMap((one) => [
      figures(one.package, [ms(one.self), ms(one.total), size(one.bytes)]),
      ...via(one.chain, paint),
    ]),
  ];
}

function modules(report: BenchReport, paint: Paint): string[] {
  const rows = report.modules.filter(({ self }) => self >= SHOWN_MS).slice(0, MODULES);
  if (rows.length === 0) return [];
  return [
    header("Slowest modules", ["own", "with all", "size"], paint),
    ...rows.flatMap((one) => [
      figures(one.module.replace(/^.*node_modules\//, ""), [ms(one.self), ms(one.total), size(one.bytes)]),
      ...(one.phase === "invocation" ? [paint("dim", "    in the first invocation")] : via(one.chain, paint)),
    ]),
  ];
}

function builtIns(report: BenchReport, paint: Paint): string[] {
  const rows = report.builtIns.filter(({ self }) => self >= SHOWN_MS).slice(0, BUILT_INS);
  if (rows.length === 0) return [];
  return [
    header("Built-ins", ["", "own", ""], paint),
    ...rows.flatMap((one) => [
      figures(one.name, ["", ms(one.self), ""]),
      ...(one.phase === "invocation" ? [paint("dim", "    in the first invocation")] : via(one.chain, paint)),
    ]),
  ];
}

function invocation(report: BenchReport, paint: Paint): string[] {
  const { first, steady, cpu } = report.invocation;
  const { peakBytes, limitBytes } = report.memory;
  const { zipBytes, unzippedBytes } = report.package;
  const lines = [
    row("First invocation", ms(first.median), quartiles(first), paint),
    row("Later ones", ms(steady.median), `${quartiles(steady)}  p99 ${ms(steady.p99)}`, paint),
  ];
  if (cpu !== null) lines.push(row("CPU of each", ms(cpu.median), quartiles(cpu), paint));
  if (peakBytes !== null) lines.push(row("Memory, peak", megabytes(peakBytes), `of ${megabytes(limitBytes)}`, paint));
  if (zipBytes !== null)
    lines.push(row("lambda.zip", megabytes(zipBytes), `${megabytes(unzippedBytes)} unzipped`, paint));
  return lines;
}

function advice(report: BenchReport, paint: Paint): string[] {
  if (report.advice.length === 0) return [];
  return [
    paint("bold", "What could be done"),
    ...report.advice.flatMap(({ kind, text }) => [...wrap(text, "  • "), paint("dim", `    docs/bench.md#${kind}`)]),
  ];
}

function caveats(report: BenchReport, paint: Paint): string[] {
  return report.caveats.flatMap((text) => wrap(text, "note: ")).map((line) => paint("yellow", line));
}

function row(label: string, value: string, rest: string, paint: Paint): string {
  return `${paint("bold", label.padEnd(20))}${value.padStart(9)}  ${rest}`.trimEnd();
}

function header(title: string, columns: readonly string[], paint: Paint): string {
  return `${paint("bold", title.padEnd(WIDTH - 30))}${paint(
    "dim",
    columns
      .map((one) => one.padStart(10))
      .join("")
      .trimEnd(),
  )}`;
}

function figures(label: string, values: readonly string[]): string {
  const room = WIDTH - 33;
  const shown = label.length > room ? `…${label.slice(label.length - room + 1)}` : label;
  return `  ${shown.padEnd(room + 1)}${values
    .map((one) => one.padStart(10))
    .join("")
    .trimEnd()}`;
}

/** What it comes in through, without itself. */
function via(chain: readonly string[], paint: Paint): string[] {
  const before = shortChain(chain).slice(0, -1);
  if (before.length === 0) return [];
  const text = `    by ${before.join(" > ")}`;
  return [paint("dim", text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text)];
}

function wrap(text: string, lead: string): string[] {
  const lines: string[] = [];
  let line = lead;
  for (const word of text.split(" ")) {
    if (line.length + word.length > WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = " ".repeat(lead.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

function ms(value: number): string {
  return `${value.toFixed(value < 1 ? 2 : value < 100 ? 1 : 0)} ms`;
}

function quartiles({ low, high }: Summary): string {
  return `(${ms(low).replace(" ms", "")} to ${ms(high).replace(" ms", "")})`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`.padStart(5);
}

function size(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
