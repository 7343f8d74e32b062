import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type CommandResult, runMayfly } from "../support/run-mayfly.ts";
import { temporaryFolder } from "./support/fake-runtime.ts";

const HANDLER = `
export function handle(event: { name?: string; wait?: boolean }) {
  console.log("called");
  if (event.wait) return new Promise((done) => setTimeout(done, 60_000));
  if (event.name === undefined) throw new TypeError("name is required");
  return { message: "Hello " + event.name, greeting: process.env["GREETING"] };
}
`;

let project: string;
beforeAll(() => {
  project = temporaryFolder();
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "package.json"), `{"type":"module"}`);
  writeFileSync(join(project, "src", "hello.ts"), HANDLER);
  writeFileSync(join(project, "event.json"), `{ "name": "File" }`);
  writeFileSync(join(project, "bad.json"), `{ "name": 1,\n  "b" : }`);
  writeFileSync(join(project, "short.env"), "X=1\n");
  writeFileSync(join(project, ".env"), `# as node --env-file reads it\nGREETING="hi there"\nOTHER=1\n`);
});

/** For what is not about the build. */
const BUILT = ["--zip", "package", "--handler", "hello.handle"];
beforeAll(async () => {
  const { code, stderr } = await mayfly(["build", "--host", "--outdir", "package"]);
  if (code !== 0) throw new Error(stderr);
});

function mayfly(args: readonly string[], input = "", interruptAt?: RegExp): Promise<CommandResult> {
  return runMayfly(args, {
    cwd: project,
    input,
    onStderr: (text, interrupt) => {
      if (interruptAt?.test(text) === true) interrupt();
    },
  });
}

describe("mayfly invoke", () => {
  test("prints the response on stdout and the log on stderr", async () => {
    const run = await mayfly(["invoke", "--data", `{"name":"Ada"}`, "--env", "GREETING=hi=there"]);
    expect(run.stdout).toBe(`{"message":"Hello Ada","greeting":"hi=there"}\n`);
    expect(run.stderr).toMatch(/^INIT_START .*\nSTART .*\n.*\tINFO\tcalled\nEND .*\nREPORT .*\n$/);
    expect(run.code).toBe(0);
  });

  test("reads the event from a file or from stdin", async () => {
    expect((await mayfly(["invoke", ...BUILT, "--event", "event.json"])).stdout).toContain("Hello File");
    expect((await mayfly(["invoke", ...BUILT, "--event", "-"], `{"name":"Stdin"}`)).stdout).toContain("Hello Stdin");
    expect((await mayfly(["invoke", ...BUILT, "-"], `{"name":"Dash"}`)).stdout).toContain("Hello Dash");
    expect(await mayfly(["invoke", "-", "--data", "{}"], "{}")).toMatchObject({ code: 2 });
    expect((await mayfly(["invoke", "-d", "-", "--entry", "src/hello.ts"], `{"name":"Stdin"}`)).stdout).toContain(
      "Stdin",
    );
  });

  test("invokes a zip that is built already", async () => {
    expect((await mayfly(["build", "--zip"])).code).toBe(0);
    const run = await mayfly(["invoke", "--zip", "lambda.zip", "--handler", "hello.handle", "-d", `{"name":"Zip"}`]);
    expect(run.stdout).toContain("Hello Zip");
  });

  test("says which handlers a zip has when none is named", async () => {
    const run = await mayfly(["invoke", "--zip", "lambda.zip"]);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain("MAYFLY_WHICH_HANDLER: lambda.zip was given no handler to invoke.");
    expect(run.stderr).toContain("Say which one with --handler: hello.handle");
  });

  test("takes variables from a file, below those of --env", async () => {
    const args = ["invoke", "--data", `{"name":"Ada"}`, "--env-file", ".env"];
    expect((await mayfly(args)).stdout).toContain(`"greeting":"hi there"`);
    expect((await mayfly([...args, "--env", "GREETING=hello"])).stdout).toContain(`"greeting":"hello"`);
  });

  test("ends with 1 on a function error, and the error document is the response", async () => {
    const run = await mayfly(["invoke", ...BUILT]);
    expect(JSON.parse(run.stdout)).toMatchObject({ errorType: "TypeError", errorMessage: "name is required" });
    expect(run.code).toBe(1);
  });

  test("prints one JSON object with --json", async () => {
    const run = await mayfly(["invoke", "--json", "--event", "event.json", "--timeout", "5", "--memory", "256"]);
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toEqual({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionError: false,
      response: { message: "Hello File" },
      log: expect.arrayContaining([expect.stringMatching(/^REPORT .*Memory Size: 256 MB/)]),
    });
  });

  test.each([
    [["--data", "{oops"], /--data is not JSON: line 1, column 2 has "oops"[^]*for the shell/],
    [["--data", "event.json"], /--data is not JSON: line 1, column 1[^]*It is a file: --event event\.json/],
    [["--event", "bad.json"], /The event in bad\.json is not JSON: line 2, column 9 has "}"/],
    [["--event", "src"], /The event can't be read: src is a folder/],
    [["--event", `{"a":1}`], /can't be read[^]*The event itself goes to --data: --data '{"a":1}'/],
    [["event.json"], /'event\.json' is a file, not a function[^]*mayfly invoke --event event\.json/],
    [[`{"a":1}`], /is an event, not a function[^]*mayfly invoke --data '{"a":1}'/],
    [["--env", "Y=1"], /Lambda takes no variable "Y": a name is a letter, then at least one/],
    [["--env-file", "short.env"], /Lambda takes no variable "X"/],
    [["--event", "nowhere.json"], /The event can't be read: .*nowhere\.json/],
    [["--data", "{}", "--event", "event.json"], /cannot be used with option/],
    [["--timeout", "soon"], /Not a number/],
    [["--env", "NAME"], /NAME=VALUE/],
    [["--evnt", "x"], /Did you mean --event/],
    [["src/hello.ts"], /'src\/hello\.ts' is a file, not a function[^]*mayfly invoke --entry src\/hello\.ts/],
    [["hello", "--zip", "lambda.zip"], /give --handler instead of 'hello'/],
    [["--config", "other.config.ts", "--zip", "lambda.zip"], /cannot be used with option/],
  ] as const)("ends with 2 when it is called wrongly: %j", async (args, message) => {
    const run = await mayfly(["invoke", ...args]);
    expect(run.stderr).toMatch(message);
    expect(run.code).toBe(2);
  });

  test("ends with 1 and a fault for what Lambda would refuse", async () => {
    const run = await mayfly(["invoke", "--memory", "1"]);
    expect(run.stderr).toContain("error MAYFLY_INVALID_FUNCTION");
    expect(run.code).toBe(1);
  });

  test("stops at Ctrl-C", async () => {
    const run = await mayfly(["invoke", ...BUILT, "-d", `{"wait":true}`, "--timeout", "60"], "", /called/);
    expect(run.stderr).not.toContain("error");
    expect(run.stdout).toBe("");
    expect(run.code).toBe(130);
  });
});
