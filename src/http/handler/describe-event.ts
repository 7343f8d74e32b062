import { isObject, textAt } from "../shape.ts";

/** Names an event that is no HTTP request, for the message to someone who sent it to an HTTP handler. */
export function describeEvent(event: unknown): string {
  if (event === null) return "null";
  if (Array.isArray(event)) return "a list";
  if (!isObject(event)) return typeof event === "string" ? "a text" : `a ${typeof event}`;

  const records = event["Records"];
  const first: unknown = Array.isArray(records) ? records[0] : undefined;
  const own = isObject(first) ? (textAt(first, "eventSource") ?? textAt(first, "EventSource")) : undefined;
  // Kafka and the message brokers say it once for all records.
  const source =
    own ?? textAt(event, "eventSource") ?? ("deliveryStreamArn" in event ? "Amazon Data Firehose" : undefined);
  if (source !== undefined) return `a batch of records from ${source}`;

  const detailType = textAt(event, "detail-type");
  if (detailType !== undefined) return `an EventBridge event ("${detailType}")`;
  if ("methodArn" in event || "routeArn" in event) return "a request to an API Gateway authorizer";
  const trigger = textAt(event, "triggerSource");
  if (trigger !== undefined && "userPoolId" in event) return `a trigger of a Cognito user pool (${trigger})`;
  if (isObject(event["awslogs"])) return "log events from CloudWatch Logs";

  const keys = Object.keys(event);
  if (keys.length === 0) return "an empty object";
  const shown = keys.slice(0, 8).join(", ");
  return `an object with ${shown}${keys.length > 8 ? ` and ${keys.length - 8} more` : ""}`;
}
