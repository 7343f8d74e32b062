import { describe, expect, test } from "vitest";
import { describeError, describeReason, fitDocument, formatDocument } from "./describe-error.ts";

describe("the type of an error", () => {
  class OrderRejected extends Error {}
  class Named extends Error {
    override readonly name = "GivenName";
  }
  test.each([
    [new OrderRejected("x"), "OrderRejected"],
    [new Named("x"), "GivenName"],
    [new TypeError("x"), "TypeError"],
    [Object.assign(new Error("x"), { name: "Renamed" }), "Renamed"],
    [new DOMException("x", "AbortError"), "AbortError"],
    [Object.assign(new Error("x"), { name: "DNSException" }), "Error"],
    [Object.assign(new Error("x"), { name: "ResolveMessage" }), "Error"],
    [Object.assign(new Error("x"), { name: "BuildMessage" }), "SyntaxError"],
    [{ name: "Plain", message: "x" }, "Plain"],
    ["text", "string"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("s"), "symbol"],
    [7n, "bigint"],
  ])("of %o is %s", (thrown, type) => {
    expect(describeError(thrown).errorType).toBe(type);
  });
});

test.each([
  ["Cannot find package 'a' imported from /$bunfs/root/chunk-x.js", "Cannot find package 'a'"],
  ["Cannot find package 'a' from '/$bunfs/root/bootstrap'", "Cannot find package 'a'"],
  ["Cannot find module 'a'\nRequire stack:\n- /$bunfs/root/chunk-x.js", "Cannot find module 'a'"],
  ["cannot read orders from '/var/task/a'", "cannot read orders from '/var/task/a'"],
])("%j is told without the place that only the engine knows", (message, told) => {
  expect(describeError(new Error(message)).errorMessage).toBe(told);
});

describe("whatever is thrown has a description", () => {
  test("a frozen object, an object whose getters throw, a proxy that refuses everything", () => {
    expect(describeError(Object.freeze({ message: "frozen" }))).toMatchObject({ errorMessage: "frozen" });
    const hostile = {
      get message(): string {
        throw new Error("no");
      },
      get stack(): string {
        throw new Error("no");
      },
    };
    expect(describeError(hostile).errorType).toBe("Object");
    const refuse = (): never => {
      throw new Error("no");
    };
    const proxy = new Proxy({}, { get: refuse, has: refuse, getPrototypeOf: refuse, ownKeys: refuse });
    expect(describeError(proxy).errorMessage).toContain("can't be shown");
  });

  test("a message that is no string, a plain object, a function", () => {
    expect(describeError({ message: 5, code: "E" })).toMatchObject({
      errorType: "Object",
      errorMessage: '{"message":5,"code":"E"}',
    });
    expect(describeError(() => 1).errorMessage).not.toBe("");
  });

  test("a huge message is cut and says by how much", () => {
    const { errorMessage } = describeError(new Error("x".repeat(5_000_000)));
    expect(errorMessage.length).toBeLessThan(40_000);
    expect(errorMessage).toMatch(/more characters\)$/);
  });
});

describe("causes", () => {
  test("are told to the end of the chain", () => {
    const error = new Error("a", { cause: new TypeError("b", { cause: "c" }) });
    expect(describeError(error)).toMatchObject({ cause: { errorType: "TypeError", cause: { errorMessage: "c" } } });
  });

  test("that lead back to the error are told once", () => {
    const error = new Error("a");
    error.cause = new Error("b", { cause: error });
    expect(describeError(error).cause).toMatchObject({ errorMessage: "b" });
    expect(describeError(error).cause?.cause).toBeUndefined();
  });

  test("without end are cut", () => {
    let error = new Error("0");
    for (let index = 1; index < 100; index++) error = new Error(String(index), { cause: error });
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(100_000);
  });

  test("of an AggregateError are all its members", () => {
    const document = describeError(new AggregateError([new TypeError("a"), "b"], "several"));
    expect(document.errors?.map((member) => member.errorMessage)).toEqual(["a", "b"]);
    expect(formatDocument(document)).toContain("- TypeError: a");
  });
});

describe("the stack", () => {
  function withStack(stack: string, message = "boom"): Error {
    return Object.assign(new Error(message), { stack });
  }

  test("has the user's frames and none of the runtime or the engine", () => {
    const error = withStack(
      [
        "Error: boom",
        "    at handle (src/hello.ts:7:24)",
        "    at async load (node_modules/zod/index.js:1:1)",
        "    at invokeHandler (node_modules/mayfly/src/runtime/hosts/typescript.ts:37:35)",
        "    at processTicksAndRejections (native:7:39)",
        "    at <anonymous> (node:fs:1:1)",
      ].join("\n"),
    );
    expect(describeError(error).stackTrace).toEqual([
      "at handle (src/hello.ts:7:24)",
      "at async load (node_modules/zod/index.js:1:1)",
    ]);
  });

  test("is not fooled by a message that looks like a frame", () => {
    const message = "first\n    at evil (x.ts:1:1)";
    const error = withStack(`Error: ${message}\n    at handle (src/hello.ts:1:1)`, message);
    expect(describeError(error).stackTrace).toEqual(["at handle (src/hello.ts:1:1)"]);
  });

  test("is empty for what Mayfly itself throws", () => {
    const frames = ["at map (native:1:11)", "at readBatch (node_modules/mayfly/src/runtime/batch-records.ts:60:66)"];
    expect(describeError(withStack(`Error: boom\n    ${frames.join("\n    ")}`)).stackTrace).toEqual([]);
  });

  test("keeps compiled positions where there is nothing better", () => {
    expect(describeError(withStack("Error: boom\n    at deep (/$bunfs/root/bootstrap:2:611)")).stackTrace).toHaveLength(
      1,
    );
  });
});

describe("an expected failure", () => {
  test.each([
    ["name is required", { errorType: "Error", errorMessage: "name is required" }],
    [
      { errorType: "NotFound", errorMessage: "no such user" },
      { errorType: "NotFound", errorMessage: "no such user" },
    ],
    [
      { type: "Conflict", message: "exists" },
      { errorType: "Conflict", errorMessage: "exists" },
    ],
    [404, { errorType: "number", errorMessage: "404" }],
  ])("with reason %o has no stack", (reason, expected) => {
    expect(describeReason(reason)).toEqual({ ...expected, stackTrace: [] });
  });

  test("that is an Error keeps its stack", () => {
    expect(describeReason(new Error("x")).stackTrace.length).toBeGreaterThan(0);
  });
});

test("a document is made to fit by leaving out what matters least", () => {
  const document = describeError(new Error("m".repeat(30_000), { cause: new Error("c".repeat(30_000)) }));
  const fitted = fitDocument(document, 8_192);
  expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(8_192);
  expect(fitted.errorMessage).toMatch(/^mmm/);
  expect(fitDocument({ errorType: "E", errorMessage: "short", stackTrace: [] }, 8_192)).toEqual({
    errorType: "E",
    errorMessage: "short",
    stackTrace: [],
  });
});
