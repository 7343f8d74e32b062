import type { HttpEventKind } from "./http-event.ts";

/** Which HTTP request an event is, by its whole shape; `undefined` for any other event. */
export function detectHttpEvent(_event: unknown): HttpEventKind | undefined {
  throw new Error("not written yet");
}
