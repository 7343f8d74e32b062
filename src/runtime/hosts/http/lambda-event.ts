import { type HttpEvent, isHttpEvent } from "../../../http/handler/aws-events.ts";
import { type Context, currentContext } from "../../context.ts";
import { LambdaRequest } from "./lambda-request.ts";

const byContext = new WeakMap<Context, unknown>();

/** For requests that a framework made anew of the one it was given. */
export function rememberEvent(context: Context, event: unknown): void {
  byContext.set(context, event);
}

/**
 * The event that a request was made of, as AWS sent it: for what HTTP has no place for, such as the caller's identity
 * or the route of a WebSocket message. Also for a copy that a framework made of the request, as long as its
 * invocation is under way. `undefined` outside of Lambda, as in a unit test.
 */
export function lambdaEvent(request: Request): HttpEvent | undefined {
  const context = currentContext();
  const event =
    request instanceof LambdaRequest ? request.event : context === undefined ? undefined : byContext.get(context);
  return isHttpEvent(event) ? event : undefined;
}
