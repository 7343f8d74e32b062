import { describe, expect, test } from "vitest";
import { errorPath, invokePath, invokeStreamPath, NEXT_PATH, responsePath } from "./paths.ts";
import { parseInvokeRoute, parseRuntimeRoute } from "./routes.ts";

describe("a path of the Runtime API", () => {
  test.each(["8476a536-e9f4-11e8-9739-2dfe598c3fcd", "a/b?c d%", "ü"])(
    "is the same written and read for the id %s",
    (requestId) => {
      expect(parseRuntimeRoute("POST", responsePath(requestId))).toEqual({ kind: "response", requestId });
      expect(parseRuntimeRoute("POST", errorPath(requestId))).toEqual({ kind: "error", requestId });
    },
  );

  test.each([
    ["GET", NEXT_PATH, "next"],
    ["GET", `${NEXT_PATH}?x=1`, "next"],
    ["POST", NEXT_PATH, "unknown"],
    ["POST", "/2018-06-01/runtime/init/error", "init-error"],
    ["POST", "/2020-01-01/extension/register", "extension-register"],
    ["GET", "/2020-01-01/extension/event/next", "extension-next"],
    ["GET", responsePath("id"), "unknown"],
    ["POST", "/2018-06-01/runtime/invocation/%E0%A4%A/response", "unknown"],
    ["POST", "/2018-06-01/runtime/invocation//response", "unknown"],
    ["GET", "/", "unknown"],
  ])("%s %s is %s", (method, target, kind) => {
    expect(parseRuntimeRoute(method, target)).toMatchObject({ kind });
  });
});

describe("a path of the Invoke API", () => {
  test.each(["hello", "arn:aws:lambda:us-east-1:123456789012:function:hello:live", "hello:$LATEST"])(
    "names the function %s",
    (functionName) => {
      expect(parseInvokeRoute("POST", invokePath(functionName))).toEqual({
        kind: "invoke",
        functionName,
        qualifier: undefined,
      });
      expect(parseInvokeRoute("POST", `${invokeStreamPath(functionName)}?Qualifier=%24LATEST`)).toEqual({
        kind: "invoke-stream",
        functionName,
        qualifier: "$LATEST",
      });
    },
  );

  test.each([
    ["GET", invokePath("hello")],
    ["POST", "/2015-03-31/functions/hello"],
    ["POST", "/2015-03-31/functions/%/invocations"],
    ["POST", "/2015-03-31/functions/hello/response-streaming-invocations"],
  ])("%s %s is none", (method, target) => {
    expect(parseInvokeRoute(method, target)).toEqual({ kind: "unknown" });
  });
});
