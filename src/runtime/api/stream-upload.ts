import type { ErrorDocument } from "../../protocol/error-document.ts";
import * as header from "../../protocol/headers.ts";
import { responsePath } from "../../protocol/paths.ts";
import { fitDocument } from "../describe-error.ts";
import { raceAgainst } from "../race.ts";
import type { RuntimeApiAddress } from "./address.ts";
import { type Delivery, readDelivery } from "./api-answers.ts";
import type { StreamSource } from "../outcome.ts";
import { ChunkedBody, TURN_OVER } from "./chunked-body.ts";
import type { Connection, Exchange } from "./connection.ts";
import { errorCategory } from "./error-category.ts";
import { formatRequest } from "./request.ts";

/** From the last byte of a stream to its answer: that byte may wait for a slow reader. */
const STREAM_REPLY_WITHIN_MS = 300_000;
/** Header parsers bound the trailer section, Node.js's to 16 KiB with names and base64 overhead. */
const MAX_TRAILER_DOCUMENT_BYTES = 8 * 1024;

/**
 * Streams a response whose first chunk exists. Later errors of the source travel in trailers, as AWS's own
 * runtimes send them; the platform then reports them to the caller behind the bytes already sent.
 */
export async function uploadStream(
  connection: Connection,
  address: RuntimeApiAddress,
  requestId: string,
  first: Uint8Array,
  source: StreamSource,
): Promise<Delivery> {
  const head = {
    "content-type": source.contentType,
    [header.RESPONSE_MODE]: "streaming",
    "transfer-encoding": "chunked",
    trailer: `${header.ERROR_TYPE}, ${header.ERROR_BODY}`,
  };
  const upload = await connection.open(formatRequest(address, "POST", responsePath(requestId), head));
  if (upload.kind === "unreachable") {
    source.cancel(upload.error);
    return readDelivery(upload);
  }
  let answer: Exchange | undefined;
  const answered = upload.answered.then((exchange) => {
    answer = exchange;
    return undefined;
  });
  const unlessAnswered = raceAgainst(answered);

  const body = new ChunkedBody((bytes) => upload.write(bytes));
  let trailers = "";
  try {
    await sendPieces(connection, body, unlessAnswered, first, source);
  } catch (thrown) {
    trailers = errorTrailers(source.describe(thrown));
  } finally {
    connection.setRef(true);
  }
  if (answer !== undefined) {
    // The platform stopped listening midway: the caller is gone, or the stream grew past its limit. Either way it
    // has settled this invocation, so unlike after a lost answer the process can go on.
    source.cancel(new Error("The platform ended the response stream"));
    connection.close();
    if (answer.kind === "response") return readDelivery(answer);
    return { kind: "refused", reason: `the platform closed the response stream midway (${answer.error.message})` };
  }
  await unlessAnswered(body.end(trailers));
  return readDelivery(await connection.finish(upload, STREAM_REPLY_WITHIN_MS));
}

/** To the end of the source, or until the platform answers. Rejects with what the source throws. */
async function sendPieces(
  connection: Connection,
  body: ChunkedBody,
  unlessAnswered: <Short>(short: Promise<Short>) => Promise<Short | undefined>,
  first: Uint8Array,
  source: StreamSource,
): Promise<void> {
  const opened = body.add(first);
  if (opened !== undefined) await unlessAnswered(opened);
  let step = source.next();
  for (;;) {
    // While only the source can make progress, the socket must not keep a dead event loop alive.
    connection.setRef(body.holds);
    const arrived = await unlessAnswered(body.orTurnOver(step));
    connection.setRef(true);
    if (arrived === undefined) return;
    if (arrived === TURN_OVER) {
      await unlessAnswered(body.flush());
      continue;
    }
    if (arrived.done === true) return;
    const sent = body.add(arrived.value);
    if (sent !== undefined) await unlessAnswered(sent);
    step = source.next();
  }
}

function errorTrailers(described: ErrorDocument): string {
  const document = fitDocument(described, MAX_TRAILER_DOCUMENT_BYTES);
  const encoded = Buffer.from(JSON.stringify(document)).toString("base64");
  return `${header.ERROR_TYPE}: ${errorCategory("Function", document)}\r\n${header.ERROR_BODY}: ${encoded}\r\n`;
}
