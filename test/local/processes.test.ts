import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { startHarness } from "./support/fake-runtime.ts";

const onLinux = process.platform === "linux";

describe("between invocations", () => {
  test("the whole process group is frozen, and thawed for the next", { skip: !onLinux }, async () => {
    const { invoke } = await startHarness(
      `const child = require("node:child_process").spawn("sleep", ["300"]);
       loop(() => [process.pid, child.pid])`,
    );
    const { value } = await invoke({});
    for (const pid of value as number[]) await stopped(pid);
    expect((await invoke({})).value).toEqual(value);
  });

  test("freezing can be turned off", { skip: !onLinux }, async () => {
    const { invoke, line } = await startHarness(
      `setInterval(() => console.log("tick"), 20); loop(() => process.pid)`,
      {},
      { freeze: false },
    );
    await invoke({});
    expect(await line(/^tick$/)).toBe("tick");
  });
});

describe("memory", () => {
  /** Touches each page, so that it is resident. */
  const GROW = `loop(async (event) => { const kept = []; for (let i = 0; i < event.mb; i++) { kept.push(Buffer.alloc(1_048_576, i + 1)); if (i % 10 === 0) await new Promise((go) => setTimeout(go, 5)); }
    if (event.stay) await new Promise((go) => setTimeout(go, 5_000)); return kept.length; })`;

  test("over the limit ends the process, and the caller is told", { skip: !onLinux }, async () => {
    const { invoke, lines } = await startHarness(GROW, { memory: 128, timeout: 30 });
    const { value } = await invoke({ mb: 200, stay: true });
    expect(value).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringContaining("signal: killed"),
    });
    expect(lines()).toContainEqual(expect.stringMatching(/^REPORT .*\tStatus: error\tError Type: Runtime.ExitError$/));
    expect(await invoke({ mb: 1 })).toEqual({ error: false, value: 1 });
  });

  test("of a child process counts", { skip: !onLinux }, async () => {
    const { invoke } = await startHarness(
      `const { spawn } = require("node:child_process");
       loop(() => { spawn(process.execPath, ["-e", "const b = Buffer.alloc(200e6, 1); setInterval(() => b, 1000)"], { stdio: "ignore", detached: true }); })`,
      { timeout: 30 },
    );
    expect((await invoke({})).value).toMatchObject({ errorMessage: expect.stringContaining("signal: killed") });
  });

  // What a server's process held that has ended: its parent has waited for it, which the kernel accounts for.
  test("of a child that has ended is in the REPORT of an init that failed", { skip: !onLinux }, async () => {
    const { invoke, lines } = await startHarness(
      `require("node:child_process").execFileSync(process.execPath, ["-e", "Buffer.alloc(250e6, 1)"]); process.exit(1);`,
      { timeout: 30, memory: 1024 },
    );
    expect((await invoke({})).error).toBe(true);
    expect(maxMemoryUsed(lines())).toBeGreaterThan(200);
  });

  test("of a child that has ended is in the REPORT of an invocation", { skip: !onLinux }, async () => {
    const { invoke, lines } = await startHarness(
      `const { spawnSync } = require("node:child_process");
       loop(() => { spawnSync(process.execPath, ["-e", "const b = Buffer.alloc(250e6, 1); setTimeout(() => b, 1000)"]); return 1; })`,
      { timeout: 30, memory: 1024 },
    );
    await invoke({});
    expect(maxMemoryUsed(lines())).toBeGreaterThan(200);
  });

  test("may go unchecked, and is reported", async () => {
    const { invoke, lines } = await startHarness(GROW, { memory: 128, timeout: 30 }, { enforceMemory: false });
    expect(await invoke({ mb: 200 })).toEqual({ error: false, value: 200 });
    // More than the function may have; all 200 MB need not be resident, the kernel takes idle pages back.
    expect(maxMemoryUsed(lines())).toBeGreaterThan(128);
  });
});

describe("the end of an environment", () => {
  const LOG_SIGTERM = `process.on("SIGTERM", () => { require("node:fs").writeSync(1, "bye\\n"); process.exit(0); });`;

  test("is SIGKILL without notice, if no extension asked for it", async () => {
    const { invoke, lambda, lines } = await startHarness(`${LOG_SIGTERM} loop(() => 1)`);
    await invoke({});
    await lambda.stop();
    expect(lines()).not.toContain("bye");
  });

  const REGISTER = `
    const extension = async (events = []) => {
      const { status, headers, body } = await call("POST", "/2020-01-01/extension/register", JSON.stringify({ events }), { "lambda-extension-name": "mine" });
      if (status !== 200) return { status, body };
      const id = headers["lambda-extension-identifier"];
      const nextEvent = () => new Promise((resolve) => http.get({ host, port, path: "/2020-01-01/extension/event/next", headers: { "lambda-extension-identifier": id } }, (response) => {
        let text = ""; response.on("data", (chunk) => { text += chunk; }); response.on("end", () => resolve(JSON.parse(text))); }));
      return { status, body, nextEvent };
    };`;

  test("is SIGTERM to a runtime with an internal extension, frozen as it is", async () => {
    // The half second that Lambda gives can pass before a busy machine has let the process run at all.
    let said: readonly string[] = [];
    for (let attempt = 0; attempt < 5 && !said.includes("bye"); attempt++) {
      const { invoke, lambda, lines } = await startHarness(
        `${REGISTER} ${LOG_SIGTERM} extension().then(({ body, nextEvent }) => { console.log(body); nextEvent(); return loop(() => 1); })`,
      );
      expect((await invoke({})).value).toBe(1);
      expect(lines()).toContain(`{"functionName":"hello","functionVersion":"$LATEST","handler":"hello.handle"}`);
      await lambda.stop();
      said = lines();
    }
    expect(said).toContain("bye");
  });

  test("is not put off by the freeze behind an invocation that is only just over", async () => {
    const script = `${REGISTER}
      process.on("SIGTERM", () => setTimeout(() => { require("node:fs").writeSync(1, "bye\\n"); process.exit(0); }, 20));
      extension().then(({ nextEvent }) => { nextEvent(); return loop(() => 1); });`;
    let said: readonly string[] = [];
    for (let attempt = 0; attempt < 5 && !said.includes("bye"); attempt++) {
      const { invoke, lambda, lines, until } = await startHarness(script);
      // Logged before the freeze, and told at once.
      const stopped = until(() => (lines().some((line) => line.startsWith("END")) ? lambda.stop() : undefined));
      expect((await invoke({})).value).toBe(1);
      await stopped;
      said = lines();
    }
    expect(said).toContain("bye");
  });

  test("is SIGKILL after half a second for one that won't go", async () => {
    const { invoke, lambda } = await startHarness(
      `${REGISTER} process.on("SIGTERM", () => {}); extension().then(({ nextEvent }) => { nextEvent(); return loop(() => process.pid); })`,
    );
    const { value } = await invoke({});
    await lambda.stop();
    expect(existsSync(`/proc/${String(value)}/exe`)).toBe(false);
  });

  test("an extension that asks for INVOKE gets it, and the invocation lasts until it is back", async () => {
    const { invoke, line, lines } = await startHarness(
      `${REGISTER}
       extension(["INVOKE"]).then(({ nextEvent }) => {
         const watch = async () => { for (;;) { const event = await nextEvent(); await new Promise((go) => setTimeout(go, 100)); console.log("seen " + event.eventType + " " + event.requestId); } };
         watch();
         return loop((event, { id }) => id);
       })`,
    );
    const { value } = await invoke({});
    await line(/^REPORT/);
    expect(lines().indexOf(`seen INVOKE ${String(value)}`)).toBeLessThan(
      lines().findIndex((one) => one.startsWith("END")),
    );
    expect(lines()).toContain(`seen INVOKE ${String(value)}`);
  });

  test("an extension may not ask for SHUTDOWN, come late, or be nobody", async () => {
    const { invoke } = await startHarness(
      `${REGISTER}
       let early;
       extension(["SHUTDOWN"]).then((answer) => { early = answer; return loop(async () => [early, await extension(), await call("GET", "/2020-01-01/extension/event/next")].map(({ status, body }) => [status, JSON.parse(body).errorType])); })`,
    );
    expect((await invoke({})).value).toEqual([
      [403, "Extension.InvalidEventType"],
      [403, "Extension.RegistrationClosed"],
      [403, "Extension.MissingExtensionIdentifier"],
    ]);
  });
});

function maxMemoryUsed(lines: readonly string[]): number {
  return Number(/Max Memory Used: (\d+) MB/.exec(lines.join("\n"))?.[1]);
}

/** The signal takes effect a moment after it is sent. */
async function stopped(pid: number): Promise<void> {
  while (stateOf(pid) !== "T") await new Promise((resolve) => setTimeout(resolve, 5));
}

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3);
}
