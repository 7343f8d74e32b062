/** `40.1 MB`, of which Lambda's limits are told: AWS's MB are 1,048,576 bytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
