import { megabytes } from "./megabytes.ts";

const MEGABYTE = 1_048_576;

/** `0.4 KB` or `40.1 MB`, of 1,024 bytes and of 1,024 of those, as AWS counts. */
export function fileSize(bytes: number): string {
  return bytes < MEGABYTE ? `${(bytes / 1_024).toFixed(1)} KB` : megabytes(bytes);
}
