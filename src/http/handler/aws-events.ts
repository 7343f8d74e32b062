import type {
  ALBEvent,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyWebsocketEventV2,
} from "aws-lambda";
import { detectHttpEvent } from "./detect.ts";

/** A request through VPC Lattice, in either of its event structures. */
export interface VpcLatticeEvent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | null;
  readonly [key: string]: unknown;
}

/** An HTTP request as AWS hands it to a function; function URLs send what HTTP APIs send. */
export type HttpEvent =
  | APIGatewayProxyEvent
  | APIGatewayProxyEventV2
  | APIGatewayProxyWebsocketEventV2
  | ALBEvent
  | VpcLatticeEvent;

export function isHttpEvent(event: unknown): event is HttpEvent {
  return detectHttpEvent(event) !== undefined;
}
