import { describe, expect, test } from "vitest";
import { formatInvocation, type InvocationMetadata, parseInvocation } from "./invocation.ts";

const full: InvocationMetadata = {
  requestId: "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
  deadlineMs: 1_542_409_706_888,
  invokedFunctionArn: "arn:aws:lambda:us-east-2:123456789012:function:custom-runtime:live",
  traceId: "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
  clientContext: { custom: { city: "Zürich 🏔" }, client: null },
  identity: { cognitoIdentityId: "id", cognitoIdentityPoolId: "pool" },
  tenantId: "tenant-1",
};

const parse = (headers: Record<string, string>): ReturnType<typeof parseInvocation> =>
  parseInvocation((name) => headers[name]);

describe("the headers of an invocation", () => {
  test("say the same written and read", () => {
    expect(parse(formatInvocation(full))).toEqual({ kind: "invocation", metadata: full });
    const { requestId, deadlineMs, invokedFunctionArn } = full;
    const least = { requestId, deadlineMs, invokedFunctionArn };
    expect(parse(formatInvocation(least))).toEqual({ kind: "invocation", metadata: least });
  });

  test("are ASCII", () => {
    for (const value of Object.values(formatInvocation(full))) expect(value).toMatch(/^[\x20-\x7e]*$/);
  });

  test("count as absent when empty", () => {
    const headers = { ...formatInvocation(full), "lambda-runtime-trace-id": "", "lambda-runtime-client-context": "" };
    expect(parse(headers)).not.toHaveProperty("metadata.traceId");
    expect(parse(headers)).not.toHaveProperty("metadata.clientContext");
  });

  test("of an identity that is none leave it out", () => {
    expect(parse({ ...formatInvocation(full), "lambda-runtime-cognito-identity": '{"other":1}' })).not.toHaveProperty(
      "metadata.identity",
    );
  });

  test.each(["lambda-runtime-aws-request-id", "lambda-runtime-deadline-ms", "lambda-runtime-invoked-function-arn"])(
    "can't do without %s",
    (name) => {
      const headers = { ...formatInvocation(full), [name]: "" };
      expect(parse(headers)).toEqual({
        kind: "malformed",
        requestId: name === "lambda-runtime-aws-request-id" ? undefined : full.requestId,
        problem: `the header ${name} is missing`,
      });
    },
  );

  test.each(["1e3", "-5", "12.5", "0x10", "99999999999999999999"])("have no deadline in %s", (value) => {
    expect(parse({ ...formatInvocation(full), "lambda-runtime-deadline-ms": value })).toMatchObject({
      kind: "malformed",
    });
  });
});
