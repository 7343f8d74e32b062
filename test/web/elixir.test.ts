import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startLambda, type TestLambda, type TestLambdaOptions } from "../../src/testing/index.ts";
import { withoutElixir } from "../contract/build-mix-fixture.ts";
import { send } from "../local/support/http.ts";
import { eventually } from "../support/eventually.ts";
import { mixCache } from "../support/shared.ts";
import { buildPackage, type BuiltPackage } from "./build-servers.ts";

/** An OTP application that listens on PORT under its own supervisor, as Phoenix does. */
describe.skipIf(withoutElixir)("a Mix project whose application is a server", () => {
  let home = "";
  let built: BuiltPackage;
  let shared: TestLambda;

  beforeAll(async () => {
    home = realpathSync(mkdtempSync(join(tmpdir(), "mayfly-web-elixir-")));
    const project = join(home, "project");
    cpSync(join(import.meta.dirname, "elixir"), project, { recursive: true });
    built = await buildPackage(project, mixCache());
    // Without a handler: a package that can do but one thing needs not be told which.
    shared = await startLambda({ zip: built.folder, memory: 512, timeout: 30 });
  });
  afterAll(async () => {
    await shared.stop();
    built[Symbol.dispose]();
    rmSync(home, { recursive: true, force: true });
  });

  async function start(options: TestLambdaOptions = {}): Promise<TestLambda> {
    const lambda = await startLambda({ zip: built.folder, handler: "web", memory: 512, timeout: 30, ...options });
    onTestFinished(() => lambda.stop());
    return lambda;
  }

  function logged(lambda: TestLambda, text: string): Promise<string> {
    return eventually(() => {
      const found = lambda.logs.map(({ line }) => line).find((line) => line.includes(text));
      if (found === undefined)
        throw new Error(`no line with "${text}" in:\n${lambda.logs.map(({ line }) => line).join("\n")}`);
      return found;
    });
  }

  test("serves requests at its own port, in one BEAM for all of them", async () => {
    const options = { method: "POST", headers: { host: "shop.localhost" }, body: new Uint8Array(100_000) };
    const first = await send(`${shared.http}orders?page=2`, options);
    expect(first.body.toString()).toMatch(/^POST \/orders\?page=2 shop\.localhost 100000 \d+$/);
    expect(first.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    const count = (text: string): number => Number(text.split(" ").at(-1));
    const second = await send(shared.http);
    expect(count(second.body.toString())).toBe(count(first.body.toString()) + 1);
  });

  test("logs with level and request id, all of it before the environment is frozen", async () => {
    for (let round = 0; round < 20; round++) {
      const answer = await send(`${shared.http}log`);
      expect(answer.body.toString()).toBe("logged");
      const id = String(answer.headers["x-amzn-requestid"]);
      expect(await logged(shared, `${id}\tWARN`)).toContain("through Logger");
      expect(await logged(shared, `${id}\tINFO`)).toContain("through IO");
    }
  });

  test("streams behind a streaming function URL", async () => {
    const lambda = await start({ front: "function-url-stream", environment: { MAYFLY_RESPONSE_MODE: "stream" } });
    expect((await send(`${lambda.http}stream`)).body.toString()).toBe("one two");
  });

  test("gets a new BEAM when the old one ends in a request, which is answered for", async () => {
    const lambda = await start();
    expect((await send(`${lambda.http}halt`)).status).toBe(502);
    const told = await logged(lambda, "while it served this request");
    expect(told).toContain("exit status 3");
    expect(told).not.toContain("web-serve.ts");
    const next = await send(lambda.http);
    expect(next.body.toString(), lambda.logs.map(({ line }) => line).join("\n")).toMatch(/ 1$/);
    expect(lambda.logs.filter(({ line }) => line.startsWith("INIT_START"))).toHaveLength(1);
    expect(lambda.logs.some(({ line }) => line.includes("between two invocations"))).toBe(false);
  });

  test("that listens nowhere is an initialization error", async () => {
    const lambda = await start({ environment: { DEAF: "1" }, timeout: 30 });
    await expect(lambda.invoke({})).rejects.toMatchObject({
      errorType: "Runtime.ServerNotReady",
      errorMessage: expect.stringMatching(/^Initialization error: the Elixir application did not answer on http:/),
    });
  });

  test("that ends before it listens is told with how it ended", async () => {
    const lambda = await start({ environment: { LEAVES: "1" }, timeout: 30 });
    await expect(lambda.invoke({})).rejects.toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(
        /^Initialization error: the Elixir application ended with exit status 4 before it was ready\./,
      ),
    });
  });

  test("stops its applications in order when the environment ends", async () => {
    // The half second that Lambda gives can pass before a busy machine has let the BEAM run at all.
    const lines: string[] = [];
    for (let attempt = 0; attempt < 5 && lines.length === 0; attempt++) {
      const lambda = await start();
      expect((await send(lambda.http)).status).toBe(200);
      await lambda.stop();
      lines.push(...lambda.logs.map(({ line }) => line).filter((line) => line.includes("stopped in order")));
    }
    expect(lines).toEqual([expect.stringContaining("INFO")]);
  });
});
