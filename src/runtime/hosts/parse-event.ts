import type { HandlerOutcome } from "../outcome.ts";

type ParsedEvent = { readonly kind: "event"; readonly event: unknown } | (HandlerOutcome & { readonly kind: "failed" });

const decoder = new TextDecoder();

export function parseEvent(bytes: Uint8Array): ParsedEvent {
  try {
    // A caller that sends no payload at all means the empty event.
    return { kind: "event", event: bytes.length === 0 ? {} : JSON.parse(decoder.decode(bytes)) };
  } catch (error) {
    const errorMessage = `The event is not JSON: ${String(error)}`;
    const document = { errorType: "Runtime.MalformedEvent", errorMessage, stackTrace: [] };
    return { kind: "failed", document, expected: false };
  }
}
