/** What a handler author imports from "mayfly". */
export { type Context, currentContext } from "../runtime/context.ts";
export type { CognitoIdentity } from "../protocol/invocation.ts";
export { type Err, err, type Ok, ok, type Result } from "../runtime/results.ts";
export { log, type Logger } from "../runtime/log/log.ts";
export type { LogLevel } from "../runtime/log/log-entry.ts";
export { handler, type SchemaIssue, type StandardSchema, ValidationError } from "../runtime/author/schema.ts";
export { onShutdown, type ShutdownCallback } from "../runtime/shutdown.ts";
export {
  batch,
  type BatchEvent,
  type BatchHandler,
  type BatchOptions,
  type BatchResponse,
} from "../runtime/author/batch.ts";
export type { BatchRecord } from "../runtime/author/batch-records.ts";
export {
  tumblingWindow,
  type TumblingWindowEvent,
  type TumblingWindowSteps,
} from "../runtime/author/tumbling-window.ts";
export {
  defineConfig,
  type FunctionConfig,
  type Include,
  type MayflyConfig,
  type UrlConfig,
  type WebConfig,
} from "../config.ts";
