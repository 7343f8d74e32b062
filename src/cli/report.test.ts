import { describe, expect, test } from "vitest";
import { asFault, faultToJson, formatFault } from "./report-fault.ts";
import { formatBuild } from "./report-build.ts";
import { paintFor } from "./terminal.ts";
import { Fault } from "../fault.ts";
import { SourceFault, type SourceProblem } from "../project/source-fault.ts";

const plain = paintFor({ isTTY: false }, {});
const PROBLEM: SourceProblem = {
  message: "Wrong",
  file: "/home/me/app/src/a.ts",
  line: 10,
  column: 5,
  length: 3,
  lineText: "let abc = 1;",
};

test.each([
  [94_371_840, "90.0 MB, arm64"],
  [3_000, "90.0 MB with the files beside it, arm64"],
])("a bootstrap of %d bytes is told with all that is uploaded", (bytes, size) => {
  const artifact = {
    path: "/home/me/app/bootstrap",
    kind: "bootstrap",
    arch: "arm64",
    bytes,
    unzippedBytes: 94_371_840,
    sha256: "0a",
    codeSha256: "Cg==",
    beside: [],
    native: [],
  } as const;
  const result = { artifacts: [artifact], found: null, handlers: [], functions: [], warnings: [], durationMs: 1_000 };
  expect(formatBuild(result, "/home/me/app", plain)).toContain(`bootstrap  ${size}\n`);
});

describe("a fault on a terminal", () => {
  test("is its code, its message, and the next step", () => {
    const fault = new Fault("MAYFLY_X", "It broke.", { hint: "Mend it." });
    expect(formatFault(fault, "/home/me", plain)).toBe("error MAYFLY_X: It broke.\n\nMend it.\n");
  });

  test("shows paths from where the user is", () => {
    const fault = new Fault("MAYFLY_X", "No /home/me/app/src/a.ts.", { hint: "Try /home/me/app/b.ts" });
    expect(formatFault(fault, "/home/me/app", plain)).toBe("error MAYFLY_X: No src/a.ts.\n\nTry b.ts\n");
  });

  test("marks the place under its line", () => {
    const fault = new SourceFault("MAYFLY_X", "It broke.", [PROBLEM]);
    expect(formatFault(fault, "/home/me/app", plain)).toBe(
      ["error MAYFLY_X: It broke.", "", "src/a.ts:10:5  Wrong", "  10 | let abc = 1;", "           ^^^", ""].join("\n"),
    );
  });

  test("shows the part of a long line where the place is", () => {
    const lineText = `${"x".repeat(5000)}HERE${"y".repeat(5000)}`;
    const fault = new SourceFault("MAYFLY_X", "It broke.", [{ ...PROBLEM, lineText, column: 5001, length: 4 }]);
    const [, , , excerpt = "", marker = ""] = formatFault(fault, "/", plain).split("\n");
    expect(excerpt.length).toBeLessThan(140);
    expect(excerpt.slice(marker.indexOf("^"), marker.lastIndexOf("^") + 1)).toBe("HERE");
  });

  test("shows ten places and says how many more there are", () => {
    const fault = new SourceFault(
      "MAYFLY_X",
      "It broke.",
      Array.from({ length: 13 }, () => PROBLEM),
    );
    const text = formatFault(fault, "/", plain);
    expect(text.match(/Wrong/g)).toHaveLength(10);
    expect(text).toContain("… and 3 more");
  });
});

describe("a fault for a program", () => {
  test("has code and message, and hint and problems when there are some", () => {
    expect(faultToJson(new Fault("MAYFLY_X", "It broke."))).toEqual({ code: "MAYFLY_X", message: "It broke." });
    expect(faultToJson(new SourceFault("MAYFLY_X", "It broke.", [PROBLEM], { hint: "Mend it." }))).toEqual({
      code: "MAYFLY_X",
      message: "It broke.",
      hint: "Mend it.",
      problems: [PROBLEM],
    });
  });

  test("is a bug of Mayfly's with its stack when it is no fault at all", () => {
    const fault = asFault(new TypeError("undefined is not a function"));
    expect(fault.code).toBe("MAYFLY_BUG");
    expect(fault.message).toContain("report.test.ts");
  });
});

describe("colours", () => {
  test.each([
    [true, {}, true],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [true, { TERM: "dumb" }, false],
    [false, {}, false],
  ])("on a terminal: %s, with %j, are used: %s", (isTTY, environment, used) => {
    expect(paintFor({ isTTY }, environment)("red", "text")).toBe(used ? "\u001b[31mtext\u001b[39m" : "text");
  });
});

describe("a build's report", () => {
  test("says each warning, which entry was found, the handlers, and last what was made", () => {
    const text = formatBuild(
      {
        artifacts: [
          {
            path: "/app/dist/lambda.zip",
            kind: "zip",
            arch: "arm64",
            bytes: 41_943_040,
            unzippedBytes: 94_371_840,
            sha256: "abc",
            codeSha256: "def",
            beside: ["node_modules/leaf/a.txt", "node_modules/leaf/b.txt", "src/c.txt"],
            native: ["leaf"],
          },
        ],
        found: { files: ["src/users.ts", "src/a.ts"], rule: "its folder" },
        handlers: [
          { handler: "users.list", file: "src/users.ts" },
          { handler: "a.b", file: "src/a.ts" },
        ],
        functions: [],
        durationMs: 1449,
        warnings: ["Mind the gap."],
      },
      "/app",
      plain,
    );
    expect(text).toBe(
      [
        "warning: Mind the gap.",
        "",
        "Entry: 2 files, by its folder",
        "Handlers, one for each function:",
        "  users.list  src/users.ts",
        "  a.b         src/a.ts",
        "",
        "dist/lambda.zip  40.0 MB, 90.0 MB unzipped, arm64",
        "  sha256 abc",
        "  beside it, as code needs them: leaf (2 files), src/c.txt",
        "  not bundled, as they have native code: leaf",
        "built in 1.4 s",
        "",
      ].join("\n"),
    );
  });
});
