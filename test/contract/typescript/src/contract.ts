import { type Context, currentContext, err, log, type LogLevel, ok } from "mayfly";
import { opened } from "./gate.ts";

export const echo = (event: unknown): unknown => event;

export function context(
  _event: unknown,
  { awsRequestId, invokedFunctionArn, functionName, tenantId, ...rest }: Context,
): unknown {
  return ok({
    requestId: awsRequestId,
    arn: invokedFunctionArn,
    traceId: process.env["_X_AMZN_TRACE_ID"],
    functionName,
    remaining: rest.remainingTime(),
    tenantId,
  });
}

export const expectedFailure = (): unknown => err("name is required");

class OrderNotFound extends Error {}

export async function customError(): Promise<never> {
  const cause = new Error("disk full");
  throw new OrderNotFound("no such order", { cause });
}

export async function waits(event: { id: number; until: string }): Promise<unknown> {
  const before = currentContext()?.awsRequestId;
  await opened(event.until);
  return { id: event.id, before, after: currentContext()?.awsRequestId };
}

export const logs = (event: { level: LogLevel }): void => log[event.level]("first\nsecond");

export const unencodable = (): unknown => ({ user: { id: 10n } });

export const large = (event: { size: number }): string => "x".repeat(event.size);

let count = 0;
export const counter = (): number => ++count;

export const exits = (event: { code: number }): void => process.exit(event.code);
