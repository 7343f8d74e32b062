import type { RuntimeApiClient } from "./api/api-client.ts";
import { createContext, type Variables, runInContext } from "./context.ts";
import type { HandlerHost } from "./hosts/host.ts";
import type { HandlerOutcome } from "./outcome.ts";
import type { InFlight, Interruption } from "./in-flight.ts";
import { finish, respond } from "./respond.ts";
import type { RuntimeEvents } from "./runtime-events.ts";

export interface LoopParts {
  readonly api: RuntimeApiClient;
  readonly host: HandlerHost;
  readonly inFlight: InFlight;
  readonly events: RuntimeEvents;
  readonly environment: Variables;
  /** Called with each invocation's trace id before the handler runs. */
  readonly trace: (traceId: string | undefined) => void;
  /** Called when an invocation is over, before the next is asked for. */
  readonly served: () => void;
}

/** Serves one invocation after the other. Returns the exit code once the process has to end; never rejects. */
export async function runLoop({ api, host, inFlight, events, environment, trace, served }: LoopParts): Promise<number> {
  while (true) {
    const next = await api.next();
    if (next.kind === "ended") {
      events.ended(next.reason);
      return 1;
    }
    if (next.kind === "unreadable") {
      const document = {
        errorType: "Runtime.PlatformError",
        errorMessage: `The invocation could not be read: ${next.problem}`,
        stackTrace: [],
      };
      const delivery = await api.fail(next.requestId, document);
      events.unreadable(next.requestId, document, delivery);
      if (delivery.kind === "lost") return 1;
      continue;
    }

    const context = createContext(next.metadata, environment);
    const flight = inFlight.begin();
    const exitCode = await runInContext(context, async () => {
      trace(next.metadata.traceId);
      events.invoked(context, next.event.length);
      // The handler's own work keeps the process alive, or nothing does: then it can never settle.
      api.setRef(false);
      const returned = await Promise.race([
        host.invoke(next.event, context),
        flight.interrupted.then(interruptedOutcome),
      ]);
      api.setRef(true);
      const earlier = flight.interruption;
      const outcome = earlier === undefined ? returned : interruptedOutcome(earlier);
      events.handled(context, outcome);
      const delivery = await respond(api, context.awsRequestId, outcome, flight.interrupted, events);
      events.answered(context, delivery);
      if (delivery.kind === "lost") return 1;
      if (outcome.kind === "host-died") return outcome.exitCode;
      await finish(api, outcome, flight.interrupted);
      const later = flight.interruption;
      if (later === undefined || later === earlier) return undefined;
      // It struck while the answer was on its way.
      if (outcome.kind !== "stream") events.stray("Fault after the handler", later.document);
      return later.exitCode;
    });
    flight.end();
    served();
    if (exitCode !== undefined) return exitCode;
  }
}

function interruptedOutcome({ document, exitCode }: Interruption): HandlerOutcome {
  return exitCode === undefined
    ? { kind: "failed", document, expected: false }
    : { kind: "host-died", document, exitCode };
}
