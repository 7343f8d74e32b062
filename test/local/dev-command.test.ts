import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "./support/fake-runtime.ts";

const cli = resolve(import.meta.dirname, "../../bin/mayfly.js");

const HANDLER = `
export function handle(event: { rawPath?: string; path?: string }) {
  console.log("asked for " + (event.rawPath ?? event.path));
  return { statusCode: 200, headers: { "content-type": "text/plain" }, body: process.env["GREETING"] + " from " + Object.keys(event)[0] };
}
`;

const LIVE = `
export default {
  fetch: () => {
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => sent++ === 0 ? controller.enqueue(new TextEncoder().encode("first")) : new Promise((resolve) => setTimeout(resolve, 60_000)),
    });
    return new Response(body, { status: 201, headers: { "content-type": "text/plain" } });
  },
};
`;

let project: string;
/** The system's temporary folder, for the command and all it starts. */
let temporary: string;
beforeAll(() => {
  project = temporaryFolder();
  temporary = temporaryFolder();
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "package.json"), `{"type":"module"}`);
  writeFileSync(join(project, "src", "hello.ts"), HANDLER);
});

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has written to stdout and stderr so far. */
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
  /** The first line of stdout. */
  readonly url: Promise<string>;
}

function dev(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [cli, "dev", ...args], {
    cwd: project,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: temporary },
  });
  const output = { stdout: "", stderr: "" };
  const ended = new Promise<number | null>((done) => {
    child.once("close", done);
  });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const url = new Promise<string>((found) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output.stdout += chunk.toString();
      const [line, rest] = output.stdout.split("\n", 2);
      if (line !== undefined && rest !== undefined) found(line);
    });
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  return { child, output, ended, url };
}

describe("mayfly dev", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("serves until %s, with the log on stderr", async (signal) => {
    const { child, output, ended, url } = dev("--port", "0", "--env", "GREETING=Hi");
    const address = await url;
    expect(await (await fetch(`${address}a`)).text()).toBe("Hi from version");
    expect(await (await fetch(`${address}b`)).text()).toBe("Hi from version");
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(output.stdout).toBe(`${address}\n`);
    expect(output.stderr).toMatch(/INIT_START[^]*asked for \/a\n[^]*REPORT[^]*asked for \/b\n/);
    await expect(fetch(address)).rejects.toThrow();
  });

  test("leaves nothing behind when it is killed without a word", async () => {
    const { child, ended, url } = dev("--port", "0");
    const address = await url;
    await fetch(address);
    child.kill("SIGKILL");
    // The engine holds the output pipes too: they close when both are gone.
    await ended;
    await expect(fetch(address)).rejects.toThrow();
    await eventually(() => expect(readdirSync(temporary)).toEqual([]));
  });

  test("stands in for another front", async () => {
    const { url } = dev("--port", "0", "--front", "api-gateway-v1", "--env", "GREETING=Hi");
    expect(await (await fetch(await url)).text()).toBe("Hi from resource");
  });

  test("streams without a flag what mayfly.config.ts says has a streaming URL", async () => {
    const streaming = join(project, "streaming");
    mkdirSync(streaming);
    writeFileSync(join(streaming, "package.json"), `{"type":"module"}`);
    writeFileSync(join(streaming, "live.ts"), LIVE);
    writeFileSync(
      join(streaming, "mayfly.config.ts"),
      `export default { functions: { live: { entry: "live.ts", timeout: 20, url: { stream: true } } } };`,
    );
    const { url, output } = dev("--entry", streaming, "--port", "0");
    const response = await fetch(await url);
    await eventually(() => expect(output.stderr).toContain("live as function-url-stream"));
    expect(response.status).toBe(201);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe("first");
    // The function goes on for ever: only a streamed answer can have come.
    await reader?.cancel();
  });

  test("says which port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => {
      server.close();
    });
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { ended, output } = dev("--port", String(port));
    expect(await ended).toBe(1);
    expect(output.stderr).toContain("error MAYFLY_PORT_IN_USE");
    expect(output.stdout).toBe("");
  });

  test.each([
    [["--front", "cloudfront"], /Allowed choices are function-url,/],
    [["--port", "http"], /Not a number/],
    [["--port", "70000"], /from 0 to 65535/],
  ])("ends with 2 when it is called wrongly: %j", async (args, message) => {
    const { ended, output } = dev(...args);
    expect(await ended).toBe(2);
    expect(output.stderr).toMatch(message);
  });
});
