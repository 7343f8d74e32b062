import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ScriptedRuntimeApi } from "../contract/runtime-api.ts";
import type { RuntimeProcess } from "../contract/runtime-process.ts";
import { runtimesOfEachTest } from "../contract/runtimes.ts";
import { eventually } from "../support/eventually.ts";
import { type BuiltPackage, buildPackage } from "./build-servers.ts";

/** The bootstrap alone, under a Runtime API that does what a test tells it. */
let built: BuiltPackage;
let folder = "";
let api: ScriptedRuntimeApi;
const launch = runtimesOfEachTest((given) => {
  api = given;
});
let runtime: RuntimeProcess;

beforeAll(async () => {
  built = await buildPackage(join(import.meta.dirname, "project"));
  folder = built.folder;
});
afterAll(() => built[Symbol.dispose]());
beforeEach(() => {
  runtime = launch({
    bootstrap: join(folder, "bootstrap"),
    handler: "server",
    environment: { MAYFLY_RESPONSE_MODE: "stream" },
  });
});

function event(path: string): unknown {
  const file = join(import.meta.dirname, "../http/events/function-url.json");
  const given = JSON.parse(readFileSync(file, "utf8")) as { requestContext: { http: object } };
  const http = { ...given.requestContext.http, method: "GET", path };
  return { ...given, rawPath: path, body: "", requestContext: { ...given.requestContext, http } };
}

/** A streamed answer begins with its prelude. */
async function get(path: string): Promise<string> {
  return (await api.invoke(event(path))).body.toString().split("\0").at(-1) ?? "";
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 only asks.
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a server's process", () => {
  test("hears when nobody reads its response any more", async () => {
    api.onRequest = (request) => {
      request.once("data", () => request.socket.destroy());
    };
    api.offer(event("/ticks"));
    expect(await runtime.line("reader gone")).toContain("INFO");
    await api.idle();
  });

  test("is asked to end when the runtime is, and the runtime waits for it", async () => {
    expect(await get("/none")).toBe("");
    expect(api.extensions).toHaveLength(1);
    runtime.kill("SIGTERM");
    expect(await runtime.exited).toEqual({ code: 0, signal: null });
    expect(runtime.lines.filter((line) => line.includes("asked to end"))).toHaveLength(1);
    expect(runtime.lines.some((line) => line.includes("ended in order"))).toBe(true);
  });

  test("ends with the runtime, whatever ends that", async () => {
    const pid = Number(await get("/pid"));
    expect(isRunning(pid)).toBe(true);
    runtime.kill("SIGKILL");
    await eventually(() => expect(isRunning(pid)).toBe(false));
  });

  test("that does not come up again ends the environment, with its last words", async () => {
    expect(await get("/none")).toBe("");
    rmSync(join(folder, "src/server.ts"));
    const answer = await api.invoke(event("/exit"));
    expect(answer.body.toString()).toContain("Bad Gateway");
    const next = await api.invoke(event("/none"));
    expect(next.kind).toBe("error");
    expect(next.body.toString()).toMatch(/ended with exit status 1 before it was ready.*server\.ts/s);
    expect(await runtime.exited).toEqual({ code: 1, signal: null });
  });
});
