import type { HeaderList, HttpFront } from "../http-event.ts";
import { isObject, type JsonObject, objectAt } from "../shape.ts";

/** A function's result as its front understands it. */
export interface ProxyResult {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

const REST_API_KEYS: ReadonlySet<string> = new Set([
  "statusCode",
  "headers",
  "multiValueHeaders",
  "body",
  "isBase64Encoded",
]);
const HEADER_NAME = /^[\w!#$%&'*+\-.^`|~]+$/;

/** `undefined` for what the front takes for malformed. */
export function readProxyResult(front: HttpFront, payload: Uint8Array): ProxyResult | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    // A streamed result, say, in front of a caller that reads only JSON.
    return undefined;
  }
  const result = interpret(front, value);
  const isValid = result?.headers.every(([name, text]) => HEADER_NAME.test(name) && !/[\r\n\0]/.test(text)) ?? false;
  return isValid ? result : undefined;
}

function interpret(front: HttpFront, value: unknown): ProxyResult | undefined {
  switch (front) {
    case "function-url":
    case "api-gateway-v2":
      return readPayload2(value);
    case "api-gateway-v1":
      return isObject(value) ? readPayload1(value) : undefined;
    case "alb":
    case "alb-multi-value":
      return isObject(value) ? readAlb(front, value) : undefined;
    default:
      return front satisfies never;
  }
}

/** Without a status code the whole value is the body; a text is then sent as it is, without quotes. */
function readPayload2(value: unknown): ProxyResult | undefined {
  if (!isObject(value) || value["statusCode"] === undefined || value["statusCode"] === null) {
    const body = typeof value === "string" ? value : JSON.stringify(value);
    return { status: 200, headers: [], body, isBase64Encoded: false };
  }
  const status = readStatus(value["statusCode"]);
  if (status === undefined) return undefined;
  const { body, cookies } = value;
  const list: readonly unknown[] = Array.isArray(cookies) ? cookies : [];
  return {
    status,
    headers: [...singleHeaders(value), ...list.map((cookie) => ["set-cookie", String(cookie)] as const)],
    body: typeof body === "string" ? body : body === undefined || body === null ? "" : JSON.stringify(body),
    isBase64Encoded: value["isBase64Encoded"] === true,
  };
}

/** REST APIs refuse results with members they don't know. */
function readPayload1(value: JsonObject): ProxyResult | undefined {
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.some((key) => !REST_API_KEYS.has(key))) return undefined;
  const status = readStatus(value["statusCode"] ?? 200);
  const body = readText(value["body"]);
  const multiple = multipleHeaders(value);
  if (status === undefined || body === undefined || multiple === undefined) return undefined;
  const names = new Set(multiple.map(([name]) => name.toLowerCase()));
  const single = singleHeaders(value).filter(
    ([name, text]) => !names.has(name.toLowerCase()) || !multiple.some(([, other]) => other === text),
  );
  return { status, headers: [...single, ...multiple], body, isBase64Encoded: value["isBase64Encoded"] === true };
}

/** A load balancer reads the one kind of headers that it sends. */
function readAlb(front: "alb" | "alb-multi-value", value: JsonObject): ProxyResult | undefined {
  const status = readStatus(value["statusCode"]);
  const body = readText(value["body"]);
  const headers = front === "alb" ? singleHeaders(value) : multipleHeaders(value);
  if (status === undefined || body === undefined || headers === undefined) return undefined;
  return { status, headers, body, isBase64Encoded: value["isBase64Encoded"] === true };
}

function readStatus(value: unknown): number | undefined {
  const status = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

function readText(body: unknown): string | undefined {
  if (body === undefined || body === null) return "";
  return typeof body === "string" ? body : undefined;
}

function singleHeaders(value: JsonObject): HeaderList {
  return Object.entries(objectAt(value, "headers")).flatMap(([name, header]) => {
    const text = headerText(header);
    return text === undefined ? [] : [[name, text] as const];
  });
}

/** `undefined` when a value is no list. */
function multipleHeaders(value: JsonObject): HeaderList | undefined {
  const headers: [string, string][] = [];
  for (const [name, list] of Object.entries(objectAt(value, "multiValueHeaders"))) {
    if (!Array.isArray(list)) return undefined;
    for (const header of list) {
      const text = headerText(header);
      if (text !== undefined) headers.push([name, text]);
    }
  }
  return headers;
}

function headerText(header: unknown): string | undefined {
  const isText = typeof header === "string" || typeof header === "number" || typeof header === "boolean";
  return isText ? String(header) : undefined;
}
