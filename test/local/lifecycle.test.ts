import { describe, expect, test } from "vitest";
import { startHarness } from "./support/fake-runtime.ts";

describe("an invocation", () => {
  test("goes to the bootstrap and comes back", async () => {
    const { invoke } = await startHarness(`loop((event) => ({ hello: event.name }))`);
    expect(await invoke({ name: "Ada" })).toEqual({ error: false, value: { hello: "Ada" } });
  });

  test("is logged with START, the function's own lines, END and REPORT, in this order", async () => {
    const { invoke, lines } = await startHarness(`
      console.log("starting");
      loop((event, { id }) => { console.log("one"); console.log("two " + id); process.stdout.write("no newline"); return 1; });
    `);
    await invoke({});
    const [id] = /[0-9a-f-]{36}/.exec(lines().join("\n")) ?? [];
    expect(lines().map((line) => line.replaceAll(id ?? "?", "ID").replace(/\d+\.\d\d ms/g, "N ms"))).toEqual([
      "INIT_START Runtime Version: provided:al2023.local\tRuntime Version ARN: arn:aws:lambda:local::runtime:provided",
      "starting",
      "START RequestId: ID Version: $LATEST",
      "one",
      "two ID",
      "no newline",
      "END RequestId: ID",
      expect.stringMatching(
        /^REPORT RequestId: ID\tDuration: N ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: [1-9]\d* MB\tInit Duration: N ms\t$/,
      ),
    ]);
  });

  test("finds the environment of the one before, without a second init", async () => {
    const { invoke, lines } = await startHarness(`let calls = 0; loop(() => ++calls)`);
    const values = [];
    for (let index = 0; index < 5; index++) values.push((await invoke({})).value);
    expect(values).toEqual([1, 2, 3, 4, 5]);
    expect(lines().filter((line) => line.startsWith("INIT_START"))).toHaveLength(1);
    expect(lines().filter((line) => line.includes("Init Duration"))).toHaveLength(1);
  });
});

test("everything that an invocation wrote is logged before its END", async () => {
  const { invoke, logs } = await startHarness(
    `const fs = require("node:fs");
     loop(async (event, { id }) => { await respond(id, 1); fs.writeSync(1, (event.n + "\\n").repeat(8_000)); })`,
  );
  for (let n = 0; n < 10; n++) await invoke({ n });
  const lines = logs.slice(1).map(({ line }) => line.split(" ", 1)[0] ?? "");
  const runs = lines.filter((line, index) => line !== lines[index - 1]);
  expect(runs).toEqual(Array.from({ length: 10 }, (_, n) => ["START", String(n), "END", "REPORT"]).flat());
  expect(lines).toHaveLength(10 * 8_003);
});

describe("a function error", () => {
  test("reaches the caller byte for byte", async () => {
    const { invoke } = await startHarness(`loop(async (event, { id }) => { await fail(id, "Oops", "went wrong"); })`);
    expect(await invoke({})).toEqual({
      error: true,
      value: { errorType: "Oops", errorMessage: "went wrong", stackTrace: [] },
    });
  });

  test("of a runtime that exits names the exit status, and the next invocation starts anew", async () => {
    const { invoke, lines } = await startHarness(
      `loop((event) => { if (event.die) process.exit(event.code); return "alive"; })`,
    );
    const { error, value } = await invoke({ die: true, code: 7 });
    expect(error).toBe(true);
    expect(value).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 7$/),
    });
    expect(lines()).toContainEqual(expect.stringMatching(/^REPORT .*\tStatus: error\tError Type: Runtime.ExitError$/));
    expect(await invoke({})).toEqual({ error: false, value: "alive" });
    expect((await invoke({ die: true, code: 0 })).value).toMatchObject({
      errorMessage: expect.stringContaining("Runtime exited without providing a reason"),
    });
  });

  test("of a runtime killed by a signal names the signal", async () => {
    const { invoke } = await startHarness(`loop(() => { process.kill(process.pid, "SIGSEGV"); })`);
    expect((await invoke({})).value).toMatchObject({
      errorMessage: expect.stringContaining("Runtime exited with error: signal: segmentation fault"),
    });
  });
});

describe("the timeout", () => {
  test("ends the process, tells the caller, and leaves a fresh environment with the old temporary files", async () => {
    const { invoke, lines } = await startHarness(
      `const fs = require("node:fs");
       const file = process.env.TMPDIR + "/kept";
       if (!fs.existsSync(file)) fs.writeFileSync(file, String(process.pid));
       loop((event) => { if (!event.hang) return fs.readFileSync(file, "utf8") !== String(process.pid); console.log("hanging"); for (;;); })`,
      { timeout: 5 },
    );
    const { error, value } = await invoke({ hang: true });
    expect(error).toBe(true);
    expect(value).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 5.00 seconds$/),
    });
    expect(lines()).toContain("hanging");
    expect(lines()).toContainEqual(expect.stringMatching(/Z [0-9a-f-]{36} Task timed out after 5.00 seconds$/));
    expect(lines()).toContainEqual(expect.stringMatching(/^REPORT .*\tStatus: timeout$/));
    expect(await invoke({})).toEqual({ error: false, value: true });
    expect(lines().filter((line) => line.startsWith("INIT_START"))).toHaveLength(1);
  });
});
