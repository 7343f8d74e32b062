import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { type TestProject, testProject } from "./test-project.ts";

/** `stats`: how many functions were loaded of those that the order names (hot), and of others. */
interface Answer {
  readonly stats: { readonly hot: number; readonly unknown: number; readonly cold: number } | null;
  readonly variable: boolean;
}

/** Forty functions that the event wants, and forty that it doesn't. */
const SOURCE = `
  import { bytecodeOrderStats } from "bun:jsc";
  ${functions("used", "+")}
  ${functions("spare", "-")}
  const variable = "BUN_BYTECODE_ORDER_OUT" in process.env;
  export const handle = async ({ spare }: { spare?: true }) =>
    ({ sum: spare ? spare0(1) : used0(1), stats: bytecodeOrderStats(), variable });`;

describe("the order of the bytecode", () => {
  let project: TestProject;
  beforeAll(async () => {
    project = testProject({ "src/sum.ts": SOURCE });
    await build("plain");
    await build("profiled", "--profile", "{}");
  });
  afterAll(() => project[Symbol.dispose]());

  test("is what a profile recorded, then and in later builds, with the same bytes", async () => {
    const { stats } = await invoke("profiled");
    expect(stats?.hot).toBeGreaterThan(100);
    // What starts the runtime is another in a recording.
    expect((stats?.cold ?? 0) + (stats?.unknown ?? 0)).toBeLessThan(5);
    await build("later");
    expect(bootstrap("later").equals(bootstrap("profiled"))).toBe(true);
  });

  test("is recorded alike by each recording", async () => {
    const first = recording(project, "sum");
    await build("again", "--profile", "{}");
    expect(recording(project, "sum")).toBe(first);
  });

  test("has what the recorded event didn't need behind it", async () => {
    const { stats } = await invoke("profiled", { spare: true });
    expect(stats?.cold).toBeGreaterThanOrEqual(40);
  });

  test("is the engine's own without a profile and with --no-order, for the same answer and bytes", async () => {
    await build("off", "--no-order");
    const plain = await invoke("plain");
    expect(plain.stats).toBeNull();
    expect((await invoke("off")).stats).toBeNull();
    expect(bootstrap("off").equals(bootstrap("plain"))).toBe(true);
    expect({ ...(await invoke("profiled")), stats: null }).toEqual(plain);
  });

  test("makes other bytes than the engine's own", () => {
    expect(bootstrap("profiled").equals(bootstrap("plain"))).toBe(false);
  });

  test("is also used for Lambda's architectures", async () => {
    const hashes = [];
    for (const flags of [[], ["--no-order"]]) {
      const args = ["build", "src/sum.ts", "--arch", "x86_64", "-o", "lambda", "--json", ...flags];
      const { artifacts }: { artifacts: { sha256: string }[] } = JSON.parse((await project.mayfly(args)).stdout);
      hashes.push(artifacts[0]?.sha256);
    }
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test("is recorded without a trace in the handler's environment, of which other programs would record too", async () => {
    using asking = testProject({
      "src/asks.ts": `export const handle = () => { throw new Error(String(process.env.BUN_BYTECODE_ORDER_OUT)); };`,
    });
    const { stdout } = await asking.mayfly(["build", "--host", "--profile", "{}", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [expect.stringContaining(`"errorMessage":"undefined"`)] });
  });

  test("is recorded when the handler ends the process, and not when that has to be ended", async () => {
    using ending = testProject({
      "src/exits.ts": `export const handle = () => process.exit(3);`,
      "src/hangs.ts": `export const handle = () => { for (;;); };`,
      "mayfly.config.ts": `export default { functions: {
        exits: { entry: "src/exits.ts" }, hangs: { entry: "src/hangs.ts", timeout: 1 } } };`,
    });
    const args = (handler: string) => ["build", "--host", "--profile", "{}", "--profile-handler", handler, "--json"];
    const exits = await ending.mayfly(args("exits.handle"));
    expect(JSON.parse(exits.stdout)).toMatchObject({ warnings: [expect.stringContaining("exits.handle failed")] });
    expect(recording(ending, "exits")).toMatch(/^v\d+\n/);
    const hangs = await ending.mayfly(args("hangs.handle"));
    expect(JSON.parse(hangs.stdout)).toMatchObject({
      warnings: [expect.stringContaining("hangs.handle failed"), expect.stringContaining("didn't end by itself")],
    });
    expect(existsSync(join(ending.folder, "mayfly.profile", "src", "hangs.order"))).toBe(false);
  });

  test("stays the engine's own, with a warning, when another engine recorded", async () => {
    using stale = testProject({ "src/sum.ts": SOURCE, "mayfly.profile/src/sum.order": "v1\nM 87c6d51e7d2c0c7c\n" });
    const { stdout } = await stale.mayfly(["build", "--host", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [expect.stringContaining("record it again")] });
  });

  async function build(folder: string, ...flags: readonly string[]): Promise<void> {
    const args = ["build", "src/sum.ts", "--host", "-o", folder, "--json", ...flags];
    const { code, stdout, stderr } = await project.mayfly(args);
    if (code !== 0) throw new Error(stderr);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [] });
  }

  function bootstrap(folder: string): Buffer {
    return readFileSync(join(project.folder, folder, "bootstrap"));
  }

  async function invoke(folder: string, event: { readonly spare?: true } = {}): Promise<Answer> {
    const answer = await invokePackage(join(project.folder, folder), "sum.handle", event);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the handler above returns
    return answer as Answer;
  }
});

/** The names don't tell functions apart for the engine, the rest does. */
function functions(name: string, operator: string): string {
  const all = Array.from(
    { length: 40 },
    (_, index) => `function ${name}${index}(n) { return ${name}${index + 1}(n ${operator} ${index}); }`,
  );
  return [...all, `function ${name}40(n) { return n; }`].join("\n  ");
}

function recording(project: TestProject, file: string): string {
  return readFileSync(join(project.folder, "mayfly.profile", "src", `${file}.order`), "utf8");
}
