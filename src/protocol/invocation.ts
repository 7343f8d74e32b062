import { isDigits } from "./digits.ts";
import * as header from "./headers.ts";

/** One answer to `next`, without its body. */
export interface InvocationMetadata {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  /** As the caller addressed the function, so it can differ from one invocation to the next. */
  readonly invokedFunctionArn: string;
  readonly traceId?: string;
  readonly clientContext?: unknown;
  readonly identity?: CognitoIdentity;
  readonly tenantId?: string;
}

export interface CognitoIdentity {
  readonly cognitoIdentityId: string;
  readonly cognitoIdentityPoolId: string;
}

export type ParsedInvocation =
  | { readonly kind: "invocation"; readonly metadata: InvocationMetadata }
  /** Without `requestId` the invocation can't even be answered with an error. */
  | { readonly kind: "malformed"; readonly requestId: string | undefined; readonly problem: string };

/** Any source of headers: names are asked for in lower case. */
export type HeaderLookup = (name: string) => string | undefined;

/** Reads the headers of an answer to `next`. An empty header counts as absent: one emulator sends them so. */
export function parseInvocation(lookup: HeaderLookup): ParsedInvocation {
  const get: HeaderLookup = (name) => lookup(name) || undefined;
  const requestId = get(header.REQUEST_ID);
  const malformed = (problem: string): ParsedInvocation => ({ kind: "malformed", requestId, problem });

  if (requestId === undefined) return malformed(`the header ${header.REQUEST_ID} is missing`);
  const deadline = get(header.DEADLINE_MS);
  if (deadline === undefined) return malformed(`the header ${header.DEADLINE_MS} is missing`);
  const deadlineMs = Number(deadline);
  if (!isDigits(deadline) || !Number.isSafeInteger(deadlineMs)) {
    return malformed(`the header ${header.DEADLINE_MS} is not a number of milliseconds: "${deadline}"`);
  }
  const invokedFunctionArn = get(header.INVOKED_FUNCTION_ARN);
  if (invokedFunctionArn === undefined) return malformed(`the header ${header.INVOKED_FUNCTION_ARN} is missing`);

  const traceId = get(header.TRACE_ID);
  const tenantId = get(header.TENANT_ID);
  const clientContext = parseJsonHeader(get(header.CLIENT_CONTEXT));
  if (clientContext === INVALID) return malformed(`the header ${header.CLIENT_CONTEXT} is not JSON`);
  const rawIdentity = parseJsonHeader(get(header.COGNITO_IDENTITY));
  if (rawIdentity === INVALID) return malformed(`the header ${header.COGNITO_IDENTITY} is not JSON`);
  const identity = parseIdentity(rawIdentity);

  return {
    kind: "invocation",
    metadata: {
      requestId,
      deadlineMs,
      invokedFunctionArn,
      ...(traceId !== undefined && { traceId }),
      ...(clientContext !== undefined && { clientContext }),
      ...(identity !== undefined && { identity }),
      ...(tenantId !== undefined && { tenantId }),
    },
  };
}

/** The same headers, written: what the platform side puts on its answer to `next`. */
export function formatInvocation(metadata: InvocationMetadata): Record<string, string> {
  const headers: Record<string, string> = {
    [header.REQUEST_ID]: metadata.requestId,
    [header.DEADLINE_MS]: String(metadata.deadlineMs),
    [header.INVOKED_FUNCTION_ARN]: metadata.invokedFunctionArn,
  };
  if (metadata.traceId !== undefined) headers[header.TRACE_ID] = metadata.traceId;
  if (metadata.clientContext !== undefined) headers[header.CLIENT_CONTEXT] = asciiJson(metadata.clientContext);
  if (metadata.identity !== undefined) headers[header.COGNITO_IDENTITY] = asciiJson(metadata.identity);
  if (metadata.tenantId !== undefined) headers[header.TENANT_ID] = metadata.tenantId;
  return headers;
}

const INVALID = Symbol("not JSON");

function parseJsonHeader(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return INVALID;
  }
}

function parseIdentity(value: unknown): CognitoIdentity | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const id = "cognitoIdentityId" in value ? value.cognitoIdentityId : undefined;
  const pool = "cognitoIdentityPoolId" in value ? value.cognitoIdentityPoolId : undefined;
  if (typeof id !== "string" || typeof pool !== "string") return undefined;
  return { cognitoIdentityId: id, cognitoIdentityPoolId: pool };
}

/** Header values are bytes below 0x80 for every client; JSON can say the rest with escapes. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
