import { describe, expect, test } from "vitest";
import { makeGate } from "../support/gate.ts";
import { startHarness } from "./support/fake-runtime.ts";
import { send } from "./support/http.ts";

const invocations = (url: string): string => `${url}/2015-03-31/functions/hello/invocations`;

/** With an extension a process has half a second to end. */
const EXTENSION = `
  const register = async () => {
    const { headers } = await call("POST", "/2020-01-01/extension/register", '{"events":[]}', { "lambda-extension-name": "mine" });
    http.get({ host, port, path: "/2020-01-01/extension/event/next", headers: { "lambda-extension-identifier": headers["lambda-extension-identifier"] } });
  };`;

describe("environments", () => {
  test("are added for concurrent requests and reused afterwards", async () => {
    const { invoke, lines } = await startHarness(
      `loop(async (event) => { if (event.meet) { console.log("in"); await new Promise((go) => setTimeout(go, 400)); } return process.pid; })`,
    );
    const three = await Promise.all([1, 2, 3].map(() => invoke({ meet: true })));
    const processes = new Set(three.map(({ value }) => value));
    expect(processes.size).toBe(3);
    expect(processes).toContain((await invoke({})).value);
    expect(lines().filter((line) => line.startsWith("INIT_START"))).toHaveLength(3);
  });

  test("beyond the limit there are none: the caller is throttled", async () => {
    const { lambda, line } = await startHarness(`loop(() => {})`, { environments: 2, timeout: 30 });
    const held = [1, 2].map(() => send(invocations(lambda.url), { method: "POST" }));
    const third = new Promise<Awaited<ReturnType<typeof send>>>((resolve, reject) => {
      void line(/^START/).then(() => send(invocations(lambda.url), { method: "POST" }).then(resolve, reject));
    });
    const answer = await third;
    expect(answer.status).toBe(429);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.headers["x-amzn-errortype"]).toBe("TooManyRequestsException");
    expect(JSON.parse(answer.body.toString())).toEqual({
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      Type: "User",
      message: "Rate Exceeded.",
    });
    await lambda.stop();
    const answers = await Promise.all(held);
    expect(answers.map(({ status }) => status)).toEqual([500, 500]);
  });

  test("take a caller who comes back at once, before the runtime does", async () => {
    // On a busy machine a runtime may take longer than a caller is kept waiting.
    const attempt = async (): Promise<readonly number[]> => {
      // The runtime answers, and asks for more only a while later.
      const { lambda, lines } = await startHarness(
        `loop(async (event, { id }) => { await respond(id, process.pid); await new Promise((go) => setTimeout(go, 10)); })`,
      );
      const pids = new Set();
      for (let index = 0; index < 5; index++) {
        pids.add((await send(invocations(lambda.url), { method: "POST" })).body.toString());
      }
      await lambda.stop();
      return [pids.size, lines().filter((line) => line.startsWith("INIT_START")).length];
    };
    let counts: readonly number[] = [];
    for (let attempts = 0; attempts < 5 && counts[0] !== 1; attempts++) counts = await attempt();
    expect(counts).toEqual([1, 1]);
  });

  test.each([
    ["by ordinary rules", "await respond(id, 1); await new Promise((go) => setTimeout(go, 600));", {}],
    ["by those of Lambda Managed Instances", "return 1;", { maxConcurrency: 1 }],
  ])("a single one takes a caller who comes back, however long it needs itself, %s", async (_name, body, rules) => {
    const { lambda } = await startHarness(`loop(async (event, { id }) => { ${body} })`, {
      environments: 1,
      timeout: 60,
      ...rules,
    });
    const statuses = new Set<number>();
    for (let call = 0; call < 5; call++) {
      statuses.add((await send(invocations(lambda.url), { method: "POST" })).status);
    }
    expect([...statuses]).toEqual([200]);
  });

  test("a single one takes the caller of an invocation that ran out of time, once its processes have ended", async () => {
    const { lambda } = await startHarness(
      `${EXTENSION} process.on("SIGTERM", () => {}); register().then(() => loop((event) => event.stay ? new Promise(() => {}) : 1));`,
      { environments: 1, timeout: 2 },
    );
    const call = (body: string): ReturnType<typeof send> => send(invocations(lambda.url), { method: "POST", body });
    expect((await call(`{"stay":true}`)).body.toString()).toContain("Sandbox.Timedout");
    expect((await call("{}")).status).toBe(200);
  });

  test("a process lost between invocations is replaced without anyone noticing", async () => {
    const { invoke, line } = await startHarness(`loop(() => process.pid)`);
    const { value } = await invoke({});
    process.kill(Number(value), "SIGKILL");
    await line(/Runtime.ExitError/);
    const second = await invoke({});
    expect(second.error).toBe(false);
    expect(second.value).not.toBe(value);
  });
});

describe("with maxConcurrency", () => {
  /** As many loops as the variable asks for. */
  const CONCURRENT = `
    for (let i = 0; i < Number(process.env.AWS_LAMBDA_MAX_CONCURRENCY); i++) loop(handle);`;

  test("one environment takes that many invocations at once", async () => {
    const { invoke, lines } = await startHarness(
      `let inside = 0; const gate = []; 
       const handle = async () => { inside++; await new Promise((go) => { gate.push(go); if (inside === 4) for (const open of gate) open(); }); return process.pid; };
       ${CONCURRENT}`,
      { maxConcurrency: 4, timeout: 30 },
    );
    const answers = await Promise.all([1, 2, 3, 4].map(() => invoke({})));
    expect(new Set(answers.map(({ value }) => value)).size).toBe(1);
    expect(lines().filter((line) => line.startsWith("INIT_START"))).toHaveLength(1);
    expect(lines().filter((line) => line.includes("Init Duration"))).toHaveLength(1);
  });

  test("the process is told, and runs on between invocations", async () => {
    const { invoke, line } = await startHarness(
      `setInterval(() => console.log("tick"), 20);
       const handle = () => [process.env.AWS_LAMBDA_MAX_CONCURRENCY, process.env.AWS_LAMBDA_INITIALIZATION_TYPE, process.env.AWS_LAMBDA_LOG_FORMAT];
       ${CONCURRENT}`,
      { maxConcurrency: 2 },
    );
    expect((await invoke({})).value).toEqual(["2", "lambda-managed-instances", "JSON"]);
    await line(/^tick$/);
  });

  test("a timeout answers the caller, spares the process, and refuses the late answer with 410", async () => {
    const { invoke, line } = await startHarness(
      `const handle = async (event, { id }) => {
         if (event.until === undefined) return process.pid;
         while (!require("node:fs").existsSync(event.until)) await new Promise((go) => setTimeout(go, 5));
         console.log("late " + (await respond(id, "late")).status);
       };
       ${CONCURRENT}`,
      { maxConcurrency: 2, timeout: 3 },
    );
    const before = await invoke({});
    const gate = makeGate();
    expect((await invoke({ until: gate.file })).value).toMatchObject({ errorType: "Sandbox.Timedout" });
    gate.open();
    await line(/^late 410$/);
    expect(await invoke({})).toEqual(before);
  });

  test("a second answer and an unknown id are refused with 400", async () => {
    const { invoke, line } = await startHarness(
      `const handle = async (event, { id }) => { await respond(id, 1); console.log("again " + (await respond(id, 2)).status); };
       ${CONCURRENT}`,
      { maxConcurrency: 2 },
    );
    expect((await invoke({})).value).toBe(1);
    await line(/^again 400$/);
  });

  test("an exit fails all that is in flight, and the next invocation starts anew", async () => {
    const { invoke, line } = await startHarness(
      `const handle = async (event) => { console.log("in " + event.n); if (event.n === 0) return "fine"; await new Promise((go) => setTimeout(go, 200)); if (event.n === 2) process.exit(9); await new Promise(() => {}); };
       ${CONCURRENT}`,
      { maxConcurrency: 2, timeout: 30 },
    );
    const first = invoke({ n: 1 });
    await line(/^in 1$/);
    const both = await Promise.all([first, invoke({ n: 2 })]);
    for (const { value } of both) {
      expect(value).toMatchObject({
        errorType: "Runtime.ExitError",
        errorMessage: expect.stringContaining("exit status 9"),
      });
    }
    expect(await invoke({ n: 0 })).toEqual({ error: false, value: "fine" });
  });
});
