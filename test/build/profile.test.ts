import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { invokePackage } from "../support/invoke-package.ts";
import { type TestProject, testProject } from "./test-project.ts";

const SOURCE = `
  import { createHash } from "node:crypto";
  import { gzipSync } from "node:zlib";
  import * as https from "node:https";
  import { loadedBuiltins } from "mayfly:deferred";
  export const handle = (event: { text: string; secure?: boolean }) => {
    const before = [...loadedBuiltins()];
    if (event.secure) return https.globalAgent.maxSockets;
    return { before, digest: createHash("md5").update(event.text).digest("hex"), bytes: gzipSync(event.text).length > 0 };
  };`;

describe("mayfly build --profile", () => {
  test("records what an invocation loads, and the package loads that in its init from then on", async () => {
    using project = testProject({ "src/packed.ts": SOURCE, "event.json": `{ "text": "a" }` });
    const first = await project.mayfly(["build", "--host", "-o", "one", "--profile", "event.json"]);
    expect(first).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(project.folder, "mayfly.profile.json"), "utf8"))).toEqual({
      entries: { "src/packed": { modules: ["crypto", "zlib"] } },
    });
    expect(await invoke(project, "one", { text: "b" })).toMatchObject({ before: ["crypto", "zlib"] });

    const again = await project.mayfly(["build", "--host", "-o", "two"]);
    expect(again).toMatchObject({ code: 0 });
    const bootstraps = ["one", "two"].map((folder) => readFileSync(join(project.folder, folder, "bootstrap")));
    expect(bootstraps[0]?.equals(bootstraps[1] ?? Buffer.alloc(0))).toBe(true);
  });

  test("takes the event itself, and which of several handlers it is for", async () => {
    using project = testProject({
      "src/handlers/a.ts": `export const handle = () => 1;\n`,
      "src/handlers/b.ts": SOURCE,
    });
    const unclear = await project.mayfly(["build", "--host", "--profile", `{"text":"a"}`]);
    expect(unclear).toMatchObject({ code: 1, stderr: expect.stringContaining("MAYFLY_WHICH_HANDLER") });
    const args = ["build", "--host", "--profile", `{"text":"a"}`, "--profile-handler", "b.handle"];
    expect(await project.mayfly(args)).toMatchObject({ code: 0 });
    expect(readFileSync(join(project.folder, "mayfly.profile.json"), "utf8")).toContain(`"src/handlers/b"`);
  });

  test("records an invocation that fails as far as it came, and says so", async () => {
    using project = testProject({ "src/packed.ts": SOURCE });
    const result = await project.mayfly(["build", "--host", "--profile", "{}", "--json"]);
    expect(JSON.parse(result.stdout)).toMatchObject({ warnings: [expect.stringContaining("packed.handle failed")] });
    expect(readFileSync(join(project.folder, "mayfly.profile.json"), "utf8")).toContain(`"crypto"`);
  });

  test("says so when there is no such event, and records nothing", async () => {
    using project = testProject({ "src/packed.ts": SOURCE });
    const result = await project.mayfly(["build", "--host", "--profile", "nowhere.json"]);
    expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("MAYFLY_PROFILE_EVENT") });
    expect(() => readFileSync(join(project.folder, "mayfly.profile.json"))).toThrow(/ENOENT/);
  });

  test.each([`{`, `{}`, `{ "entries": { "src/packed": {} } }`, `{ "entries": { "src/packed": { "modules": [1] } } }`])(
    "refuses a profile that it can't have written: %s",
    async (profile) => {
      using project = testProject({ "src/packed.ts": SOURCE });
      writeFileSync(join(project.folder, "mayfly.profile.json"), profile);
      const result = await project.mayfly(["build", "--host"]);
      expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("MAYFLY_PROFILE") });
    },
  );
});

function invoke(project: TestProject, folder: string, event: unknown): Promise<unknown> {
  const path = join(project.folder, folder);
  mkdirSync(path, { recursive: true });
  return invokePackage(path, "packed.handle", event);
}
