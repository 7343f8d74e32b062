import { eventToRequest } from "../../src/http/handler/event-to-request.ts";
import type { HttpEventKind } from "../../src/http/http-event.ts";
import type { JsonObject } from "../../src/http/shape.ts";

export const toRequest = (event: JsonObject, kind: HttpEventKind): Request =>
  eventToRequest(event, kind, (url, init) => new Request(url, init));
