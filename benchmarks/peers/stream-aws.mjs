import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { handle as pieces } from "../workloads/stream.ts";

export const handle = awslambda.streamifyResponse((_event, output) => pipeline(Readable.fromWeb(pieces()), output));
