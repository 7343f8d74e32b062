import type { ErrorDocument } from "../protocol/error-document.ts";
import type { Delivery } from "./api/api-answers.ts";
import type { RuntimeApiClient } from "./api/api-client.ts";
import type { HandlerOutcome, StreamSource } from "./outcome.ts";
import type { Interruption } from "./in-flight.ts";
import { raceAgainst } from "./race.ts";
import type { RuntimeEvents } from "./runtime-events.ts";

/** Answers one invocation, once. */
export function respond(
  api: RuntimeApiClient,
  requestId: string,
  outcome: HandlerOutcome,
  interrupted: Promise<Interruption>,
  events: RuntimeEvents,
): Promise<Delivery> {
  switch (outcome.kind) {
    case "value":
      return api.respond(requestId, outcome.body, outcome.contentType);
    case "stream":
      return api.respondStreaming(requestId, outcome.first, interruptible(outcome.source, interrupted, events));
    case "failed":
    case "host-died":
      return api.fail(requestId, outcome.document);
    default:
      return outcome satisfies never;
  }
}

/** What the handler still has to do once the caller has its answer. Lambda lets it run until the next is asked for. */
export async function finish(
  api: RuntimeApiClient,
  outcome: HandlerOutcome,
  interrupted: Promise<Interruption>,
): Promise<void> {
  if (!("afterwards" in outcome)) return;
  api.setRef(false);
  await Promise.race([outcome.afterwards?.(), interrupted]);
  api.setRef(true);
}

/** A stream whose source never comes back ends with the error that interrupted it. Either way the log has it. */
function interruptible(source: StreamSource, interrupted: Promise<Interruption>, events: RuntimeEvents): StreamSource {
  const unlessInterrupted = raceAgainst(
    interrupted.then(({ document }): never => {
      throw new Interrupted(document);
    }),
  );
  return {
    ...source,
    next: () => unlessInterrupted(source.next()),
    describe: (thrown) => {
      const document = thrown instanceof Interrupted ? thrown.document : source.describe(thrown);
      events.streamFailed(document);
      return document;
    },
  };
}

class Interrupted extends Error {
  readonly document: ErrorDocument;
  constructor(document: ErrorDocument) {
    super(document.errorMessage);
    this.document = document;
  }
}
