import { type Context, currentContext, handler, log, ok } from "mayfly";
import { z } from "zod";

export function variables(event: { names: string[] }, context: Context): unknown {
  const values = event.names.map((name) => [name, process.env[name]]);
  return { ...Object.fromEntries(values), pid: process.pid, traceId: context.xRayTraceId };
}

export const clientContext = (_event: unknown, context: Context): unknown => ({
  clientContext: context.clientContext,
  identity: context.identity,
});

export function consoles(): void {
  console.trace("trace");
  console.debug("debug");
  console.log("log", { a: 1 });
  console.info("two\nlines");
  console.warn('%d of %i, "%s" 50%% %O', 3, "4.5", "x %d", { deep: [1] });
  console.error(new Error("shown"));
  console.assert(true, "not logged");
  console.assert(false, "really");
  console.group("group");
  console.log("inside");
  console.groupEnd();
  console.log("the end");
}

export function jsonConsoles(): void {
  console.log({ order: 7 });
  console.error(new RangeError("far"));
  console.warn("failed for", 7, new RangeError("far"));
  log.info("own fields win", { level: 5, message: "other", order: 8 });
  log.warn("getter", {
    get secret(): string {
      throw new Error("locked");
    },
  });
  const circular: { name: string; self?: unknown } = { name: "circular" };
  circular.self = circular;
  console.log(circular);
}

/** What an engine's own console would write past the log, and what is hard to show. */
export function oddConsoles(): void {
  console.table([{ a: 1 }, { a: 2 }]);
  console.dirxml({ b: 3 });
  console.count();
  console.count();
  console.time("timer");
  console.timeEnd("timer");
  console.log(Symbol("mark"));
  console.log(oddConsoles);
  console.log({ error: new RangeError("inside") });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  console.log(proxy, "seen");
  console.log("the", {
    [Symbol.for("nodejs.util.inspect.custom")]: () => {
      throw new Error("not to be seen");
    },
  });
  log.error("the end", { error: new RangeError("in a field") });
}

const Event = z.object({ name: z.string(), tags: z.array(z.string()).default(["default"]) });
export const checked: (event: unknown, context: Context) => Promise<unknown> = handler(
  { event: Event },
  (event) => event,
);

const atLoad = [process.env["_X_AMZN_TRACE_ID"] ?? null, currentContext()?.awsRequestId ?? null];
if (process.env["BACKGROUND"] !== undefined)
  setTimeout(() => console.log(`before any invocation: ${currentContext()?.awsRequestId}`), 5);
let invocations = 0;
export const rehearsalTraces = (): unknown => ({
  atLoad,
  first: process.env["_X_AMZN_TRACE_ID"],
  invocations: ++invocations,
});

export function logsErrors(): void {
  const error = new RangeError("far");
  log.error("alone", error);
  log.error("beside", { order: 7, error });
}

export const promised = (): unknown => ok(Promise.resolve({ later: 1 }));
