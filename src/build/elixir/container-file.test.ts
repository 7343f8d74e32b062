import { expect, test } from "vitest";
import { withBuildStages } from "./container-file.ts";

const STAGES = { command: ["/bin/sh", "run.sh"], result: "/result/", cacheId: "some-project" };

function added(text: string): readonly string[] {
  return withBuildStages({ name: "lambda.Dockerfile", text }, STAGES)
    .split(/\r?\n/)
    .filter((line) => /^\s*FROM /i.test(line));
}

test.each([
  ["an image", "FROM a\nRUN make\n", ["FROM a AS mayfly-toolchain", "FROM mayfly-toolchain AS mayfly-build"]],
  ["a stage with a name", "FROM a AS tools\n", ["FROM a AS tools", "FROM tools AS mayfly-build"]],
  [
    "the last of several stages",
    "FROM a AS one\nFROM b as two\nFROM one\nCOPY --from=two x x",
    ["FROM a AS one", "FROM b as two", "FROM one AS mayfly-toolchain", "FROM mayfly-toolchain AS mayfly-build"],
  ],
  [
    "an image with a platform and an argument",
    "ARG BASE=a\n  from --platform=linux/amd64 ${BASE}  \r\nRUN make\r\n",
    ["  from --platform=linux/amd64 ${BASE} AS mayfly-toolchain", "FROM mayfly-toolchain AS mayfly-build"],
  ],
])("the build goes on from %s", (_, text, expected) => {
  expect(added(text).map((line) => line.trimEnd())).toEqual([...expected, "FROM scratch"]);
});

test("a Dockerfile that begins with no image is refused", () => {
  expect(() => added("RUN make\n# FROM a\n")).toThrow(expect.objectContaining({ code: "MAYFLY_CONTAINER_FILE" }));
});
