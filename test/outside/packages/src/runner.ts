import { expect } from "expect";
import { format } from "pretty-format";

/** What came of one test: nothing where it passed. */
export type Outcome = readonly [name: string, failure: string | null];

type Body = (this: TestContext, done?: (error?: unknown) => void) => unknown;

/** What mocha gives as `this`. */
interface TestContext {
  timeout(ms?: number): TestContext;
  slow(ms?: number): TestContext;
  skip(): never;
}

interface Suite {
  readonly name: string;
  readonly parent: Suite | undefined;
  readonly before: Body[];
  readonly beforeEach: Body[];
  readonly after: Body[];
  readonly afterEach: Body[];
  readonly children: (Suite | { readonly test: string; readonly body: Body })[];
}

const LIMIT_MS = 20_000;
const SKIPPED = Symbol("skipped");
const root = suite("", undefined);
let current = root;

function suite(name: string, parent: Suite | undefined): Suite {
  return { name, parent, before: [], beforeEach: [], after: [], afterEach: [], children: [] };
}

function describe(name: unknown, second?: unknown, third?: unknown): void {
  const outer = current;
  const inner = suite(nameOf(name), outer);
  outer.children.push(inner);
  current = inner;
  const body = typeof second === "function" ? second : third;
  if (typeof body === "function") Reflect.apply(body, context, []);
  current = outer;
}

function it(name: unknown, second?: unknown, third?: unknown): void {
  const body = typeof second === "function" ? second : third;
  if (typeof body === "function") current.children.push({ test: nameOf(name), body: body as Body });
}

function each(declare: typeof it, template: boolean) {
  return (rows: readonly unknown[], ...values: readonly unknown[]) =>
    (name: string, body: (...given: unknown[]) => unknown): void => {
      const list = template && "raw" in rows ? tableOf(rows, values) : rows;
      for (const row of list) {
        const given = Array.isArray(row) ? row : [row];
        let next = 0;
        const text = name.replaceAll(/%[sdifjop%]/g, () => String(given[next++]));
        // The parameter of the function is no callback here.
        declare(text, () => body(...given));
      }
    };
}

function tableOf(head: readonly unknown[], values: readonly unknown[]): unknown[] {
  const names = String(head[0])
    .split("|")
    .map((name) => name.trim());
  const rows: unknown[] = [];
  for (let at = 0; at < values.length; at += names.length) {
    rows.push(Object.fromEntries(names.map((name, index) => [name, values[at + index]])));
  }
  return rows;
}

function nameOf(name: unknown): string {
  return typeof name === "function" ? name.name : String(name);
}

const context: TestContext = {
  timeout: () => context,
  slow: () => context,
  skip: () => {
    throw SKIPPED;
  },
};

const skipped = Object.assign(() => undefined, { each: () => () => undefined });
const suites = Object.assign(describe, {
  skip: skipped,
  only: describe,
  each: each(describe, true),
  skipIf: () => skipped,
});
const tests = Object.assign(it, {
  skip: skipped,
  todo: skipped,
  only: it,
  each: each(it, true),
  fails: skipped,
  concurrent: it,
});
const hook =
  (kind: "before" | "beforeEach" | "after" | "afterEach") =>
  (first: unknown, second?: unknown): void => {
    const body = typeof first === "function" ? first : second;
    if (typeof body === "function") current[kind].push(body as Body);
  };

/** What mocha, Jest and Vitest have of each other. */
export const globals: Readonly<Record<string, unknown>> = {
  describe: suites,
  context: suites,
  suite: suites,
  it: tests,
  test: tests,
  specify: tests,
  before: hook("before"),
  beforeAll: hook("before"),
  beforeEach: hook("beforeEach"),
  after: hook("after"),
  afterAll: hook("after"),
  afterEach: hook("afterEach"),
  // Vitest takes a message too.
  expect: Object.assign((value: unknown) => expect(value), expect),
};
expect.extend({
  toMatchInlineSnapshot(received: unknown, snapshot: unknown) {
    const text = format(received, { escapeString: false, printBasicPrototype: false });
    return { pass: text === dedented(String(snapshot)), message: () => `${text} is not ${String(snapshot)}` };
  },
});
Object.assign(globalThis, globals);

/** A snapshot is written with the blanks of its place. */
function dedented(text: string): string {
  const lines = text.replace(/^\n/, "").replace(/\n *$/, "").split("\n");
  const blanks = Math.min(...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)));
  return text.startsWith("\n") ? lines.map((line) => line.slice(blanks)).join("\n") : text;
}

/** Runs all that was declared, in order. */
export async function run(): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  await runSuite(root, "", outcomes);
  return outcomes;
}

async function runSuite(one: Suite, above: string, outcomes: Outcome[]): Promise<void> {
  const path = above === "" ? one.name : `${above} > ${one.name}`;
  let broken: string | undefined;
  for (const body of one.before) broken ??= await attempt(body);
  for (const child of one.children) {
    if (!("test" in child)) {
      await runSuite(child, path, outcomes);
      continue;
    }
    const name = `${path} > ${child.test}`;
    let failure = broken;
    for (const body of hooksOf(one, "beforeEach")) failure ??= await attempt(body);
    failure ??= await attempt(child.body);
    for (const body of hooksOf(one, "afterEach").reverse()) failure ??= await attempt(body);
    if (failure !== "skipped") outcomes.push([name, failure ?? null]);
  }
  for (const body of one.after) await attempt(body);
}

function hooksOf(one: Suite, kind: "beforeEach" | "afterEach"): Body[] {
  return [...(one.parent === undefined ? [] : hooksOf(one.parent, kind)), ...one[kind]];
}

async function attempt(body: Body): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      body.length > 0 ? withCallback(body) : Reflect.apply(body, context, []),
      new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error("not ended in time")), LIMIT_MS);
      }),
    ]);
    return undefined;
  } catch (error) {
    if (error === SKIPPED) return "skipped";
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } finally {
    clearTimeout(timer);
  }
}

function withCallback(body: Body): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: unknown): void => (error === undefined || error === null ? resolve() : reject(error));
    Promise.resolve(Reflect.apply(body, context, [done])).catch(reject);
  });
}
