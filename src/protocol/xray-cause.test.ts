import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ErrorDocument } from "./error-document.ts";
import { xrayErrorCause } from "./xray-cause.ts";

const document: ErrorDocument = {
  errorType: "OrderError",
  errorMessage: "no such order",
  stackTrace: ["at handle (src/orders.ts:12:9)", "at src/index.ts:3:1", "at Array.map (native)"],
  cause: {
    errorType: "MyApp.Error",
    errorMessage: "disk full",
    stackTrace: ["(my_app 0.1.0) lib/my_app.ex:7: MyApp.handle/1"],
  },
};

describe("the cause that X-Ray shows", () => {
  test("has the chain of exceptions with path, line and label of each frame", () => {
    expect(JSON.parse(xrayErrorCause(document, "/var/task"))).toEqual({
      working_directory: "/var/task",
      exceptions: [
        {
          type: "OrderError",
          message: "no such order",
          stack: [
            { path: "src/orders.ts", line: 12, label: "handle" },
            { path: "src/index.ts", line: 3, label: "anonymous" },
            { label: "at Array.map (native)" },
          ],
        },
        {
          type: "MyApp.Error",
          message: "disk full",
          stack: [{ path: "lib/my_app.ex", line: 7, label: "MyApp.handle/1" }],
        },
      ],
      paths: ["src/orders.ts", "src/index.ts", "lib/my_app.ex"],
    });
  });

  test("is text that a header can hold and says the same, whatever the error was", () => {
    const text = fc.string({ unit: "binary", maxLength: 3_000 });
    fc.assert(
      fc.property(text, text, fc.array(text, { maxLength: 60 }), (errorType, errorMessage, stackTrace) => {
        const value = xrayErrorCause({ errorType, errorMessage, stackTrace }, "/var/task");
        expect(value).toMatch(/^[\u0020-\u007e]*$/);
        expect(value.length).toBeLessThan(16 * 1024);
        expect(JSON.parse(value)).toMatchObject({
          exceptions: [{ type: errorType.slice(0, 200), message: errorMessage.slice(0, 1_000) }],
        });
      }),
    );
  });
});
