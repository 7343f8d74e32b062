import { expect, test } from "vitest";
import { fileSize } from "./file-size.ts";

test("sizes are told as AWS counts them", () => {
  expect([410, 102_400, 1_048_575, 1_048_576, 52_428_800].map(fileSize)).toEqual([
    "0.4 KB",
    "100.0 KB",
    "1024.0 KB",
    "1.0 MB",
    "50.0 MB",
  ]);
});
