import { expect, test } from "vitest";
import { checkNodeVersion } from "./node-version.ts";

test.each(["20.19.0", "22.0.0", "26.3.0"])("Node.js %s is new enough", (version) => {
  expect(() => checkNodeVersion(version)).not.toThrow();
});

test.each(["18.20.8", "20.18.3"])("Node.js %s is told what is needed", (version) => {
  expect(() => checkNodeVersion(version)).toThrow(
    expect.objectContaining({
      code: "MAYFLY_NODE_VERSION",
      message: expect.stringContaining(`20.19 or newer; this is ${version}`),
    }),
  );
});
