/** Lambda's quotas. Source: AWS Lambda Developer Guide, "Lambda quotas"; bytes unless a name says otherwise. */

/** Synchronous request payload. */
export const MAX_REQUEST_BYTES = 6_291_456;
/** Buffered response: the platform allows 100 bytes more than for a request. */
export const MAX_RESPONSE_BYTES = 6_291_556;
/** Streamed response, since July 2025. Source: AWS Lambda Developer Guide, "Response streaming". */
export const MAX_STREAMED_BYTES = 209_715_200;
/** Asynchronous (`Event`) payload, since October 2025. */
export const MAX_ASYNC_REQUEST_BYTES = 1_048_576;
/** An error document; the platform crops or refuses larger ones. */
export const MAX_ERROR_BYTES = 1_048_576;
/** A request or response through an Application Load Balancer. Source: its User Guide, "Lambda functions as targets". */
export const MAX_LOAD_BALANCER_BYTES = 1_048_576;
export const MAX_CLIENT_CONTEXT_BASE64_BYTES = 3_583;
export const LOG_TAIL_BYTES = 4_096;

export const MAX_ZIP_UPLOAD_BYTES = 52_428_800;
export const MAX_UNZIPPED_BYTES = 262_144_000;

export const INIT_PHASE_MS = 10_000;
/** From SIGTERM to SIGKILL when only internal extensions are registered. */
export const SHUTDOWN_GRACE_MS = 500;
