import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { testProject } from "../build/test-project.ts";

describe("the mayfly command", () => {
  test("shows its commands with --help and ends with 0", async () => {
    using project = testProject({});
    const { code, stdout, stderr } = await project.mayfly(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: mayfly [\s\S]*Commands:\n {2}build /);
  });

  test("shows a command's flags with --help, -h and help", async () => {
    using project = testProject({});
    const texts = [];
    for (const args of [
      ["build", "--help"],
      ["build", "-h"],
      ["help", "build"],
    ]) {
      const { code, stdout } = await project.mayfly(args);
      expect(code).toBe(0);
      texts.push(stdout);
    }
    expect(texts[0]).toContain("--zip");
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
  });

  test.skipIf(process.platform !== "linux").each(["build", "invoke", "dev", "bench", "doctor"])(
    "wraps the help of %s to the terminal",
    (command) => {
      const shown = `stty cols 60; '${process.execPath}' bin/mayfly.js ${command} --help`;
      const { stdout } = spawnSync("script", ["-qec", shown, "/dev/null"], { encoding: "utf8" });
      const lines = stdout.split(/\r?\n/);
      // Commands are there to be copied.
      const long = lines.filter((line) => line.length > 60 && !line.includes(`mayfly ${command} `));
      expect(stdout).toContain(`Usage: mayfly ${command}`);
      expect(long).toEqual([]);
    },
  );

  test("ends without a word when nobody reads its output any more", async () => {
    const child = spawn(process.execPath, [resolve("bin/mayfly.js"), "build", "--help"], { stdio: "pipe" });
    child.stdout.destroy();
    const [stderr, code] = await Promise.all([text(child.stderr), new Promise((settle) => child.on("close", settle))]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("says its version", async () => {
    using project = testProject({});
    const manifest: { version: string } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await project.mayfly(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  test("hands none of its engine's settings on to what it starts", async () => {
    using project = testProject({
      "hello.ts": "export const handle = () => 1;",
      "mayfly.config.ts": `
import { execFileSync } from "node:child_process";
const variables = execFileSync("env", { encoding: "utf8" }).split("\\n");
export default {
  functions: { hello: { entry: "hello.ts", environment: { SEEN: String(variables.filter((one) => /^BUN_/.test(one))) } } },
};`,
    });
    const { code, stdout } = await project.mayfly(["build", "--json"]);
    const result: unknown = JSON.parse(stdout);
    expect({ code, result }).toMatchObject({ code: 0, result: { functions: [{ environment: { SEEN: "" } }] } });
  });

  test("without a command shows the help and ends with 2", async () => {
    using project = testProject({});
    const { code, stdout, stderr } = await project.mayfly([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: mayfly /);
  });

  test.each([
    [["biuld"], "Unknown command 'biuld'", "Did you mean build?"],
    [["build", "--zipp"], "Unknown option '--zipp'", "Did you mean --zip?"],
    [["build", "--nothing-like-it"], "Unknown option '--nothing-like-it'", "mayfly build --help shows what there is."],
    [
      ["build", "--arch", "sparc"],
      "argument 'sparc' is invalid. Allowed choices are x86_64, arm64.",
      "mayfly build --help",
    ],
    [["build", "--arch", "aarch64"], "argument 'aarch64' is invalid.", "Did you mean arm64?"],
    [["deploy"], "Unknown command 'deploy'", "deploy it with the tool you have, to the runtime provided.al2023"],
    [["init"], "Unknown command 'init'", "mayfly build finds the handler in src/handler.ts"],
    [["build", "--outdir"], "Option '-o, --outdir <dir>' argument missing", "mayfly build --help"],
  ])("doesn't understand %j, says so and ends with 2", async (args, message, hint) => {
    using project = testProject({});
    const { code, stdout, stderr } = await project.mayfly(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error MAYFLY_USAGE: /);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  test("prints a usage fault as JSON with --json", async () => {
    using project = testProject({});
    const { code, stdout, stderr } = await project.mayfly(["build", "--zipp", "--json"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      error: { code: "MAYFLY_USAGE", message: "Unknown option '--zipp'", hint: "Did you mean --zip?" },
    });
  });

  test("prints a fault with its places in the code as JSON with --json, and ends with 1", async () => {
    using project = testProject({ "src/a.ts": "export const = 1;\n" });
    const { code, stdout, stderr } = await project.mayfly(["build", "--json"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: "MAYFLY_SYNTAX",
        message: `${project.folder}/src/a.ts can't be compiled.`,
        problems: expect.arrayContaining([
          expect.objectContaining({
            file: `${project.folder}/src/a.ts`,
            line: 1,
            column: 14,
            lineText: "export const = 1;",
          }),
        ]),
      },
    });
  });

  test("writes no colours into a pipe", async () => {
    using project = testProject({ "src/a.ts": "export const = 1;\n" });
    const { stderr } = await project.mayfly(["build"], { environment: { FORCE_COLOR: "1" } });
    expect(stderr).not.toContain("\u001b");
  });

  test("asked to end, ends what it started and takes away what was temporary", async () => {
    const silent = createServer(() => undefined);
    const asked = new Promise<void>((settle) => silent.on("request", () => settle()));
    await new Promise<void>((ready) => silent.listen(0, "127.0.0.1", ready));
    using project = testProject({ "src/a.ts": "export const handle = () => 1;\n", "tmp/.keep": "" });
    try {
      const { port } = addressOf(silent);
      const other = process.arch === "arm64" ? "x86_64" : "arm64";
      const child = spawn(process.execPath, [resolve("bin/mayfly.js"), "build", "--arch", other], {
        cwd: project.folder,
        stdio: "ignore",
        env: {
          ...process.env,
          TMPDIR: `${project.folder}/tmp`,
          MAYFLY_CACHE_DIR: `${project.folder}/cache`,
          npm_config_cache: `${project.folder}/npm`,
          npm_config_registry: `http://127.0.0.1:${port}/`,
        },
      });
      const ended = new Promise<number | null>((settle) => child.on("exit", settle));
      const closed = new Promise<void>((settle) =>
        silent.on("connection", (socket) => socket.on("close", () => settle())),
      );
      await asked;
      expect(readdirSync(`${project.folder}/tmp`).length).toBeGreaterThan(1);
      child.kill("SIGTERM");
      expect(await ended).toBe(143);
      expect(readdirSync(`${project.folder}/tmp`)).toEqual([".keep"]);
      await closed;
    } finally {
      silent.close();
      silent.closeAllConnections();
    }
  });
});

function addressOf(server: Server): { port: number } {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return address;
}
