import type { RuntimeName } from "./cases/runtimes.ts";
import { requestToEvent } from "../src/http/front/request-to-event.ts";

/** One function, written once and run by every runtime. */
export interface Workload {
  readonly name: string;
  /** For the table's heading. */
  readonly about: string;
  /** In benchmarks/workloads, with the export that Mayfly is pointed at. */
  readonly handler: { readonly file: string; readonly export: string };
  /** Files in benchmarks/peers that export `handle`, where a runtime needs an adapter. */
  readonly adapter: { readonly aws?: string; readonly others?: string };
  /** Packages that the files import. */
  readonly packages: readonly string[];
  readonly adapterPackages: readonly string[];
  readonly event: Uint8Array;
  /** Throws if it is not the answer to the event. */
  readonly check: (body: string) => void;
  /** In one start, the first included. */
  readonly invocations: number;
  /** What can't run it, and why. */
  readonly lacking: Readonly<Partial<Record<RuntimeName, string>>>;
}

const ORDER = JSON.stringify({ customer: "Ada", items: [{ sku: "A-1", count: 2 }], note: "leave it at the door" });
/** Objects of some 100 bytes: a query's result, not one long string. */
const MEGABYTE = JSON.stringify(
  Array.from({ length: 9_500 }, (_, id) => ({
    id,
    name: `Mayfly number ${id}`,
    price: id * 1.25,
    tags: ["a", "day", "long"],
    inStock: id % 2 === 0,
    note: null,
  })),
);

export const WORKLOADS: readonly Workload[] = [
  {
    name: "hello",
    about: "returns a greeting",
    handler: { file: "hello", export: "handle" },
    adapter: {},
    packages: [],
    adapterPackages: [],
    event: bytes('{"name":"Ada"}'),
    check: contains("Hello Ada"),
    invocations: 200,
    lacking: {},
  },
  {
    name: "hono",
    about: "a Hono app that checks a JSON body with zod",
    handler: { file: "hono", export: "app" },
    adapter: { aws: "hono", others: "hono" },
    packages: ["hono", "zod"],
    adapterPackages: [],
    event: httpEvent("/orders", ORDER),
    check: contains("Ada"),
    invocations: 200,
    lacking: {},
  },
  {
    name: "sdk",
    about: "DynamoDB document client and S3 client of the AWS SDK made at module scope, zod, Hono; reads one item",
    handler: { file: "sdk", export: "handle" },
    adapter: {},
    packages: ["@aws-sdk/client-dynamodb", "@aws-sdk/client-s3", "@aws-sdk/lib-dynamodb", "hono", "zod"],
    adapterPackages: [],
    event: bytes('{"orderId":"42"}'),
    check: contains('"total":12.5'),
    invocations: 100,
    lacking: {
      llrt: "LLRT's own build of the AWS SDK is not in the registry's package, and the SDK itself does not run on it",
    },
  },
  {
    name: "express",
    about: "an Express app that takes a JSON body",
    handler: { file: "express", export: "app" },
    adapter: { aws: "express", others: "express" },
    packages: ["express"],
    adapterPackages: ["serverless-http"],
    event: httpEvent("/orders", ORDER),
    check: contains("Ada"),
    invocations: 200,
    lacking: {
      bun: "serverless-http does not work on it",
      llrt: "it has no node:http",
    },
  },
  {
    name: "echo",
    about: "returns its event, 1 MB of JSON",
    handler: { file: "echo", export: "handle" },
    adapter: {},
    packages: [],
    adapterPackages: [],
    event: bytes(MEGABYTE),
    check: contains("Mayfly number 9499"),
    invocations: 20,
    lacking: {},
  },
  {
    name: "stream",
    about: "streams 64 pieces of 16 KB",
    handler: { file: "stream", export: "handle" },
    adapter: { aws: "stream-aws" },
    packages: [],
    adapterPackages: [],
    event: bytes("{}"),
    check: (body) => {
      if (body.length !== 64 * 16_400) throw new Error(`${body.length} bytes came instead of ${64 * 16_400}`);
    },
    invocations: 20,
    lacking: { llrt: "its runtime loop can't stream" },
  },
];

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function contains(part: string): (body: string) => void {
  return (body) => {
    if (!body.includes(part)) throw new Error(`the answer is not right: ${body.slice(0, 500)}`);
  };
}

/** As a function URL sends it. */
function httpEvent(target: string, body: string): Uint8Array {
  const request = {
    method: "POST",
    target,
    headers: [
      ["host", "abcdefghij.lambda-url.us-east-1.on.aws"],
      ["accept", "application/json"],
      ["accept-encoding", "gzip, deflate, br"],
      ["user-agent", "bench/1.0"],
      ["content-type", "application/json"],
      ["content-length", String(body.length)],
    ] as const,
    body: bytes(body),
    sourceIp: "192.0.2.1",
    protocol: "HTTP/1.1",
    scheme: "https",
    port: 443,
    requestId: "00000000-0000-4000-8000-000000000000",
    receivedAt: new Date(0),
  } as const;
  const identity = {
    accountId: "123456789012",
    apiId: "abcdefghij",
    region: "us-east-1",
    stage: "$default",
    binaryMediaTypes: [],
  };
  return bytes(JSON.stringify(requestToEvent("function-url", request, identity)));
}
