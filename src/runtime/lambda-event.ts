import { type HttpEvent, isHttpEvent } from "../http/aws-events.ts";
import { type Context, currentContext } from "./context.ts";

const byRequest = new WeakMap<Request, unknown>();
const byContext = new WeakMap<Context, unknown>();

export function rememberEvent(request: Request, context: Context, event: unknown): void {
  byRequest.set(request, event);
  byContext.set(context, event);
}

/**
 * The event that a request was made of, as AWS sent it: for what HTTP has no place for, such as the caller's identity
 * or the route of a WebSocket message. Also for a copy that a framework made of the request, as long as its
 * invocation is under way. `undefined` outside of Lambda, as in a unit test.
 */
export function lambdaEvent(request: Request): HttpEvent | undefined {
  const context = currentContext();
  const event = byRequest.get(request) ?? (context === undefined ? undefined : byContext.get(context));
  return isHttpEvent(event) ? event : undefined;
}
