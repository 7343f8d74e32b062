import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { COMMAND } from "../support/run-mayfly.ts";
import { testProject, type TestProject } from "./test-project.ts";

const HANDLER = { "src/handler.ts": "export const handle = () => 1;\n" };
const FULL = "the disk is full";

interface Outcome {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly left: readonly string[];
}

/** Builds with a disk of its own size, `small`, in the project's folder. */
function build(project: TestProject, size: string, environment: Record<string, string>, ...flags: string[]): Outcome {
  const small = join(project.folder, "small");
  mkdirSync(small, { recursive: true });
  const script = `mount -t tmpfs -o "$1" none small && shift && "$@"; ls -A small >&2`;
  const command = [process.execPath, COMMAND, "build", "--json", "--host", "--outdir", "out", ...flags];
  const { stdout, stderr } = spawnSync("unshare", ["-rm", "sh", "-c", script, "sh", size, ...command], {
    cwd: project.folder,
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
  const { error }: { error: Omit<Outcome, "left"> } = JSON.parse(stdout);
  const left = stderr.split("\n").filter((line) => line !== "" && !/ …$|^Error writing|^error: failed to/.test(line));
  return { ...error, left };
}

describe.skipIf(process.platform !== "linux")("a build says which folder fails, and what it needs:", () => {
  test.each([
    // Too little for what the compiler is given, and for what it writes.
    ["a temporary folder that is full", "size=16k", FULL],
    ["one that gets full", "size=8m", FULL],
    ["one that is read-only", "ro", "the file system is read-only"],
  ])("%s", (_what, size, why) => {
    using project = testProject(HANDLER);
    const small = join(project.folder, "small");
    expect(build(project, size, { TMPDIR: small })).toEqual({
      code: "MAYFLY_FOLDER",
      message: `The temporary folder ${small} can't be written: ${why}.`,
      hint: expect.stringContaining("TMPDIR"),
      left: [],
    });
  });

  test("an output folder that is full", () => {
    using project = testProject(HANDLER);
    const { code, message, left } = build(project, "size=4m", {}, "--outdir", "small");
    expect([code, left]).toEqual(["MAYFLY_OUTDIR", []]);
    expect(message).toContain(FULL);
  });

  test("an output folder that is read-only", () => {
    using project = testProject(HANDLER);
    const { code, message } = build(project, "ro", {}, "--zip", "--outdir", "small");
    expect(code).toBe("MAYFLY_OUTDIR");
    expect(message).toContain("the file system is read-only");
  });

  test("an output folder that included files fill", () => {
    using project = testProject({
      ...HANDLER,
      "mayfly.config.js": 'export default { include: ["big"] };',
      "big/a": "0".repeat(3_000_000),
    });
    const { code, message } = build(project, "size=1m", {}, "--outdir", "small");
    expect(code).toBe("MAYFLY_OUTDIR");
    expect(message).toContain(FULL);
  });
});

describe("a build says which folder fails, and what it needs, where", () => {
  test.each([
    ["the temporary folder isn't there", "nowhere", "it isn't there"],
    ["the temporary folder is a file", "file", "a part of the path is a file, not a folder"],
  ])("%s", async (_what, name, why) => {
    using project = testProject({ ...HANDLER, file: "" });
    const folder = join(project.folder, name);
    const { stdout } = await project.mayfly(["build", "--json"], { environment: { TMPDIR: folder } });
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "MAYFLY_FOLDER", message: `The temporary folder ${folder} can't be written: ${why}.` },
    });
  });

  test("the cache is a file", async () => {
    using project = testProject({ ...HANDLER, file: "" });
    const folder = join(project.folder, "file");
    const args = ["build", "--json", "--arch", process.arch === "x64" ? "arm64" : "x86_64"];
    const { stdout } = await project.mayfly(args, { environment: { MAYFLY_CACHE_DIR: folder } });
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: "MAYFLY_FOLDER",
        message: `The cache folder ${folder} can't be written: a part of the path is a file, not a folder.`,
        hint: expect.stringContaining("MAYFLY_CACHE_DIR"),
      },
    });
  });
});
