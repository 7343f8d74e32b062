import type { JsonObject } from "../../../http/shape.ts";
import type { Context } from "../../context.ts";

/**
 * What an app gets as its environment: the function's environment variables, as on Workers, and the names under
 * which Hono's own adapter for Lambda hands on the invocation.
 */
export function appEnvironment(event: JsonObject, lambdaContext: Context): Readonly<Record<string, unknown>> {
  const environment: Record<string, unknown> = { event, requestContext: event["requestContext"], lambdaContext };
  Object.setPrototypeOf(environment, process.env);
  return environment;
}
