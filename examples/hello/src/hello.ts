import { err, ok, type Context } from "mayfly";

export function handle(event: { name?: string }, context: Context) {
  if (!event.name) return err("name is required");
  return ok({ message: `Hello ${event.name}, from ${context.functionName}` });
}
