import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nodePackage, scriptPackage, startHarness, temporaryFolder } from "./support/fake-runtime.ts";

const kinds = (lines: readonly string[]): string[] => lines.map((line) => line.split(/[ \t]/, 1)[0] ?? "");

describe("an init that fails", () => {
  test("by init/error is tried again in the invocation, and its body reaches the caller", async () => {
    const { invoke, lines } = await startHarness(
      `call("POST", api + "/init/error", JSON.stringify({ errorType: "Boom", errorMessage: "at load" }), { "lambda-runtime-function-error-type": "Function.Boom" })
         .then(({ status, body }) => { console.log("answer " + status + body); process.exit(1); })`,
    );
    expect(await invoke({})).toEqual({ error: true, value: { errorType: "Boom", errorMessage: "at load" } });
    // It may be ended before it says so: with that answer the environment is over.
    const answers = lines().filter((line) => line.startsWith("answer"));
    expect(answers).toEqual(answers.map(() => `answer 202{"status":"OK"}`));
    expect(kinds(lines()).filter((word) => word !== "answer")).toEqual([
      "INIT_START",
      "INIT_REPORT",
      "INIT_REPORT",
      "START",
      "END",
      "REPORT",
    ]);
    const reports = lines().filter((line) => line.startsWith("INIT_REPORT"));
    expect(reports[0]).toMatch(/\tPhase: init\tStatus: error\tError Type: Function.Boom$/);
    expect(reports[1]).toMatch(/\tPhase: invoke\tStatus: error\tError Type: Function.Boom$/);
  });

  test("of the same error both times tells it once, and each of two that differ", async () => {
    const failing = (message: string): string =>
      `console.log(new Date().toISOString() + "\\t-\\tERROR\\tInit Error\\tError: " + ${message});
       call("POST", api + "/init/error", "{}").then(() => process.exit(1));`;
    const told = async (message: string): Promise<readonly string[]> => {
      const { invoke, lines } = await startHarness(failing(message));
      await invoke({});
      return lines().filter((line) => line.includes("Init Error"));
    };
    expect(await told(`"no database"`)).toEqual([
      expect.stringMatching(/Z\t-\tERROR\tInit Error\tError: no database$/),
    ]);
    expect(await told(`process.pid`)).toHaveLength(2);
  });

  test("by an exit tells the caller the exit status", async () => {
    const { invoke, lines } = await startHarness(`process.exit(42)`);
    expect((await invoke({})).value).toEqual({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 42$/,
      ),
    });
    expect(kinds(lines())).toEqual([
      "INIT_START",
      "INIT_REPORT",
      "INIT_REPORT",
      "START",
      "RequestId:",
      "Runtime.ExitError",
      "END",
      "REPORT",
    ]);
  });

  test("once only costs nothing but time: the second try serves the invocation", async () => {
    const { invoke, lines } = await startHarness(
      `const fs = require("node:fs"); const mark = process.env.TMPDIR + "/tried";
       if (!fs.existsSync(mark)) { fs.writeFileSync(mark, ""); process.exit(1); }
       loop(() => "second try")`,
    );
    expect(await invoke({})).toEqual({ error: false, value: "second try" });
    expect(lines().filter((line) => line.startsWith("INIT_REPORT"))).toHaveLength(1);
  });

  test("by taking too long within the invocation is a timeout", async () => {
    const { invoke, lines } = await startHarness(
      `const fs = require("node:fs"); const mark = process.env.TMPDIR + "/tried";
       if (!fs.existsSync(mark)) { fs.writeFileSync(mark, ""); process.exit(1); }
       setInterval(() => {}, 1000)`,
      { timeout: 0.4 },
    );
    expect((await invoke({})).value).toMatchObject({ errorType: "Sandbox.Timedout" });
    expect(lines()).toContainEqual(expect.stringMatching(/^INIT_REPORT .*\tPhase: invoke\tStatus: timeout$/));
  });

  // Once is enough of a wait: the engine runs this file too.
  const underNode = process.versions.bun === undefined;
  test.skipIf(!underNode)("by taking over 10 seconds is ended, whatever the function's timeout", async () => {
    const { invoke, lines } = await startHarness(
      `const fs = require("node:fs"); const mark = process.env.TMPDIR + "/tried";
       if (!fs.existsSync(mark)) { fs.writeFileSync(mark, ""); setInterval(() => {}, 1000); } else loop(() => "fast this time")`,
      { timeout: 30 },
    );
    expect(await invoke({})).toEqual({ error: false, value: "fast this time" });
    expect(lines()).toContainEqual(expect.stringMatching(/^INIT_REPORT .*\tPhase: init\tStatus: timeout$/));
  });
});

describe("a bootstrap that can't be run", () => {
  test.each([
    ["is missing", () => temporaryFolder(), "no such file or directory"],
    ["is not executable", () => notExecutable(), "permission denied"],
    ["has no shebang: Lambda has no shell to guess for it", () => scriptPackage("echo hello\n"), "exec format error"],
    ["has Windows line ends", () => scriptPackage("#!/bin/sh\r\nexit 0\r\n"), "no such file or directory"],
    ["is made for another processor", () => scriptPackage(foreignElf()), "exec format error"],
  ] as const)("because it %s", async (_name, make, reason) => {
    const { invoke } = await startHarness("", { package: make() });
    expect((await invoke({})).value).toEqual({
      errorType: "Runtime.InvalidEntrypoint",
      errorMessage: expect.stringMatching(
        new RegExp(`^RequestId: [0-9a-f-]{36} Error: fork/exec /var/task/bootstrap: ${reason}$`),
      ),
    });
  });

  const hasCurl = spawnSync("curl", ["--version"]).status === 0;
  test.skipIf(!hasCurl)("a shell script is as good as any", async () => {
    const script = `#!/bin/sh
set -eu
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while true; do
  headers="$TMPDIR/headers"
  event=$(curl -sS -D "$headers" "$api/next")
  id=$(grep -i '^lambda-runtime-aws-request-id:' "$headers" | tr -d '\\r' | cut -d' ' -f2)
  curl -sS -o /dev/null -d "{\\"shell\\":$event}" "$api/$id/response"
done
`;
    const { invoke } = await startHarness("", { package: scriptPackage(script) });
    expect(await invoke({ n: 1 })).toEqual({ error: false, value: { shell: { n: 1 } } });
    expect(await invoke({ n: 2 })).toEqual({ error: false, value: { shell: { n: 2 } } });
  });
});

function notExecutable(): string {
  const folder = nodePackage("");
  chmodSync(join(folder, "bootstrap"), 0o644);
  return folder;
}

/** The head of an executable for a PowerPC. */
function foreignElf(): string {
  const head = Buffer.alloc(64);
  head.write("\x7fELF", "latin1");
  head.writeUInt16LE(21, 18);
  return head.toString("latin1");
}
