import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LocalLambda } from "../../src/local/local-lambda.ts";
import { type TestProject, testProject } from "./test-project.ts";

const SOURCE = `
  import { numberOfDFGCompiles } from "bun:jsc";
  function sum(values: readonly number[]): number {
    let total = 0;
    for (const value of values) total += value % 7;
    return total;
  }
  const VALUES = Array.from({ length: 1_000 }, (_, index) => index);
  // Yields between the sums, or what another thread has compiled is never put in place.
  async function work(rounds: number) {
    for (let round = 0; round < rounds && numberOfDFGCompiles(sum) === 0; round++) {
      sum(VALUES);
      if (round % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return numberOfDFGCompiles(sum);
  }
  export const handle = async ({ rounds }: { rounds: number }) => ({
    compiled: await work(rounds),
    variables: Object.keys(process.env).filter((name) => /bun|jsc|jit/i.test(name)),
  });`;

describe("the engine's compiler in an artifact", () => {
  let project: TestProject;
  beforeAll(async () => {
    project = testProject({ "src/sum.ts": SOURCE });
    for (const [folder, ...flags] of [["delayed"], ["eager", "--no-jit-delay"]] as const) {
      const { code, stderr } = await project.mayfly(["build", "src/sum.ts", "--host", "-o", folder, ...flags]);
      if (code !== 0) throw new Error(stderr);
    }
  });
  afterAll(() => project[Symbol.dispose]());

  test("waits until ten invocations are served", async () => {
    expect((await invoke(project, "delayed", 9)).policy).toEqual([START]);
    expect((await invoke(project, "delayed", 11)).policy).toEqual([START, END]);
  });

  test("compiles what runs long in one invocation before that", async () => {
    const [payload] = (await invoke(project, "delayed", 1, { rounds: 1_000_000 })).payloads;
    expect(payload).toMatchObject({ compiled: 1 });
  });

  test("leaves nothing in the environment of the handler", async () => {
    const [payload] = (await invoke(project, "delayed", 1, { rounds: 1 }, {})).payloads;
    expect(payload).toMatchObject({ variables: [] });
  });

  test("still takes the function's own settings", async () => {
    const [payload] = (await invoke(project, "delayed", 1, { rounds: 1 }, { BUN_JSC_useDFGJIT: "0" })).payloads;
    // The engine's way to say that it has no such compiler.
    expect(payload).toMatchObject({ compiled: 1_000_000 });
  });

  test("does not wait with --no-jit-delay", async () => {
    expect((await invoke(project, "eager", 11)).policy).toEqual([]);
  });
});

const START = "Startup JIT deferral scale set to 20";
const END = "Ending startup JIT deferral window: embedder (scale was 20)";

/** So many invocations of one environment, and what the engine logged of its policy meanwhile. */
async function invoke(
  project: TestProject,
  folder: string,
  invocations: number,
  event: { readonly rounds: number } = { rounds: 1 },
  environment: Readonly<Record<string, string>> = { BUN_JSC_verboseOSR: "1" },
): Promise<{ readonly policy: readonly string[]; readonly payloads: readonly unknown[] }> {
  const policy: string[] = [];
  const payloads: unknown[] = [];
  const lambda = await LocalLambda.start({
    functions: { f: { package: join(project.folder, folder), handler: "sum.handle", environment, timeout: 60 } },
    onLog: ({ line }) =>
      policy.push(...(line.match(/Startup JIT deferral scale set to \d+|Ending startup JIT.*/) ?? [])),
  });
  try {
    for (let index = 0; index < invocations; index++) {
      const { payload } = await lambda.invoke("f", Buffer.from(JSON.stringify(event)));
      payloads.push(JSON.parse(payload.toString()));
    }
  } finally {
    await lambda.stop();
  }
  return { policy, payloads };
}
