import { describe, expect, test } from "vitest";
import { checkSizes } from "./size-limits.ts";

describe("Lambda's size limits", () => {
  test("a zip of exactly 50 MiB and 250 MiB unzipped passes without a word", () => {
    expect(checkSizes("lambda.zip", 52_428_800, 262_144_000)).toBeUndefined();
  });

  test("a zip too large to upload directly is a warning that names S3", () => {
    expect(checkSizes("lambda.zip", 52_428_801, 100_000_000)).toMatch(/50\.0 MB \(52,428,801 bytes\)[\s\S]*S3/);
  });

  test("a package too large unzipped is a fault: no way of uploading helps", () => {
    expect(() => checkSizes("lambda.zip", 60_000_000, 262_144_001)).toThrowError(
      expect.objectContaining({ code: "MAYFLY_TOO_LARGE", message: expect.stringContaining("262,144,001 bytes") }),
    );
  });
});
