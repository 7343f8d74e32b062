import { megabytes } from "../support/megabytes.ts";
import { MAX_ZIP_UPLOAD_BYTES } from "../protocol/limits.ts";
import { packageOfFile } from "../support/package-name.ts";
import type { Advice, BenchReport, BuiltInCost, ModuleCost, PackageCost } from "./report.ts";

type Measured = Omit<BenchReport, "advice">;

/** Less than this is not worth changing code for: of the start, and in milliseconds. */
const WORTH_SHARE = 0.1;
const WORTH_MS = 1.5;
const MOST = 6;

/** Packages that hold everything of their kind, and what to import in their place. */
/** Packages that hold more than is used of them, with what to take instead. */
export const WHOLE: Readonly<Record<string, string>> = {
  "aws-sdk":
    "version 2 is one package with a client for each service of AWS; version 3 has a package for each: @aws-sdk/client-s3",
  lodash: "import the function alone (lodash/groupBy), or use lodash-es",
  googleapis: "it holds all of Google's services; each has a package of its own: @googleapis/drive",
};

/** What to do about the figures, what saves most first. Each names a section of docs/bench.md. */
export function advise(report: Measured): readonly Advice[] {
  const found = [
    ...ofPackages(report),
    ...ofBuiltIns(report),
    ...ofOwnModules(report),
    ...ofWaiting(report),
    ...ofFirstInvocation(report),
    ...ofMemory(report),
    ...ofSize(report),
    ...ofCopies(report),
  ];
  return found.toSorted((a, b) => (b.saves ?? 0) - (a.saves ?? 0)).slice(0, MOST);
}

/** A way through modules as a way through files of the project and packages. */
export function shortChain(chain: readonly string[]): readonly string[] {
  const places = chain.map((name) => packageOfFile(name) ?? name);
  return places.filter((place, index) => place !== places[index - 1]);
}

function ofPackages(report: Measured): readonly Advice[] {
  const total = report.init.total.median;
  const told: PackageCost[] = [];
  // A scope before its packages: they share so much that each alone would save little.
  const scopesFirst = report.packages.toSorted((a, b) => Number(isScope(b)) - Number(isScope(a)));
  for (const one of scopesFirst) {
    if (!isWorth(one.total, total)) continue;
    // What only another one brings in goes with that one.
    const within = told.some((other) => shortChain(one.chain).some((place) => covers(other, place)));
    if (!within) told.push(one);
  }
  return told.map((one) => {
    const cost = `${one.package} is ${ms(one.total)} of the start's ${ms(total)}`;
    const whole = WHOLE[one.package];
    if (whole !== undefined) {
      return { kind: "import-the-client-you-use", text: `${cost}: ${whole}.`, saves: one.total };
    }
    const [importer = "the handler", ...between] = shortChain(one.chain).slice(0, -1).toReversed();
    const way =
      between.length === 0 || packageOfFile(one.chain.at(-2) ?? "") === undefined
        ? `, imported by ${importer}. If not every invocation needs it, load it where it is used, with await import().`
        : `, brought in by ${importer}. What doesn't need ${importer} at once can load it where it is used.`;
    return { kind: "load-it-when-it-is-needed", text: `${cost}${way}`, saves: one.total };
  });
}

function isScope({ package: name }: PackageCost): boolean {
  return name.endsWith("/*");
}

function covers(one: PackageCost, place: string): boolean {
  return isScope(one) ? place.startsWith(one.package.slice(0, -1)) : place === one.package;
}

function ofBuiltIns({ init, builtIns }: Measured): readonly Advice[] {
  const worth = builtIns.filter((one: BuiltInCost) => one.phase === "init" && one.self >= WORTH_MS);
  return worth.slice(0, 2).map((one) => {
    const importer = shortChain(one.chain).at(-2) ?? "the handler";
    const others = one.importedBy.length - 1;
    const also = others > 0 ? ` (and ${others} other ${others === 1 ? "module" : "modules"})` : "";
    return {
      kind: "built-ins-at-start",
      text: `${one.name} is loaded at the start because of ${importer}${also}: ${ms(one.self)} of ${ms(init.total.median)}. A lighter package, or loading it where it is used, saves it.`,
      saves: one.self,
    };
  });
}

function ofOwnModules({ init, modules }: Measured): readonly Advice[] {
  const total = init.total.median;
  const own = modules.filter((one: ModuleCost) => one.package === null && one.phase === "init");
  return own
    .filter(({ self }) => isWorth(self, total))
    .slice(0, 2)
    .map((one) => ({
      kind: "work-at-module-level",
      text: `${one.module} works for ${ms(one.self)} while it is loaded. What comes out the same each time can be computed at build time; a client, made at its first use.`,
      saves: one.self,
    }));
}

function ofWaiting({ init }: Measured): readonly Advice[] {
  // A BEAM's processes wait for each other all the time; only of the user's own module code is this worth saying.
  if (init.cpu === null || init.parts === null) return [];
  // The shortest start against the most CPU: on a busy machine each start waits, but not each time as long.
  const waiting = init.total.min - init.cpu.max;
  if (waiting < 10 || waiting < init.total.min * 0.3) return [];
  return [
    {
      kind: "waiting-at-start",
      text: `The start takes ${ms(init.total.median)} but only ${ms(init.cpu.median)} of CPU: it waits for something, a disk or a network. Await several things at once, or when they are needed.`,
      saves: waiting,
    },
  ];
}

function ofFirstInvocation({ invocation }: Measured): readonly Advice[] {
  const more = invocation.first.median - invocation.steady.median;
  if (more < 5 || invocation.first.low < invocation.steady.high * 2) return [];
  return [
    {
      kind: "first-invocation",
      text: `The first invocation takes ${ms(more)} more than a later one. What all invocations need (a client, a compiled schema) is better made at module level: the start can be done ahead of a call, the first invocation can't.`,
      saves: null,
    },
  ];
}

function ofMemory({ memory }: Measured): readonly Advice[] {
  if (memory.peakBytes === null) return [];
  const share = memory.peakBytes / memory.limitBytes;
  if (share < 0.8) return [];
  const figures = `${megabytes(memory.peakBytes)} of ${megabytes(memory.limitBytes)}`;
  const text =
    share > 1
      ? `It held ${figures}: Lambda would have ended it. Give it more memory, which is more CPU too.`
      : `It held ${figures}. An event larger than this one may not fit: give it more memory, which is more CPU too.`;
  return [{ kind: "memory", text, saves: null }];
}

function ofSize({ package: { zipBytes } }: Measured): readonly Advice[] {
  if (zipBytes === null || zipBytes <= MAX_ZIP_UPLOAD_BYTES) return [];
  const text = `The zip is ${megabytes(zipBytes)}, more than the ${megabytes(MAX_ZIP_UPLOAD_BYTES)} that Lambda takes by direct upload. Without source maps it is smaller.`;
  return [{ kind: "package-size", text, saves: null }];
}

/** The same package at two places in node_modules. */
function ofCopies({ modules }: Measured): readonly Advice[] {
  const places = new Map<string, Set<string>>();
  for (const { module, package: name } of modules) {
    if (name === null) continue;
    const place = module.slice(0, module.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}`.length);
    places.set(name, (places.get(name) ?? new Set()).add(place));
  }
  return [...places]
    .filter(([, copies]) => copies.size > 1)
    .slice(0, 2)
    .map(([name, copies]) => ({
      kind: "two-copies",
      text: `${name} is in the package ${copies.size} times: ${[...copies].join(", ")}. npm ls ${name} says who asks for which version.`,
      saves: null,
    }));
}

function isWorth(cost: number, total: number): boolean {
  return cost >= WORTH_MS && cost >= total * WORTH_SHARE;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}
