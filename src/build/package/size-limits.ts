import { Fault } from "../../fault.ts";
import { megabytes } from "../../support/megabytes.ts";
import { MAX_UNZIPPED_BYTES, MAX_ZIP_UPLOAD_BYTES } from "../../protocol/limits.ts";

const SMALLER =
  "Smaller: mayfly doctor says of what; --no-sourcemap, fewer or lighter packages, or --external for what a layer provides.";

/**
 * Lambda refuses a package that is too large unzipped; one that is only too large to upload directly
 * still goes through S3. Returns a warning for the second, if any.
 * @throws Fault MAYFLY_TOO_LARGE for the first
 */
export function checkSizes(name: string, zipBytes: number, unzippedBytes: number): string | undefined {
  if (unzippedBytes > MAX_UNZIPPED_BYTES) {
    throw new Fault(
      "MAYFLY_TOO_LARGE",
      `${name} is ${bytes(unzippedBytes)} unzipped; Lambda takes ${bytes(MAX_UNZIPPED_BYTES)}, layers included.`,
      { hint: `${SMALLER}\nOr deploy as a container image, which may be 10 GB.` },
    );
  }
  if (zipBytes <= MAX_ZIP_UPLOAD_BYTES) return undefined;
  return [
    `${name} is ${bytes(zipBytes)}; Lambda takes ${bytes(MAX_ZIP_UPLOAD_BYTES)} by direct upload.`,
    "Upload it to S3 and deploy from there: aws lambda update-function-code --s3-bucket BUCKET --s3-key KEY.",
    SMALLER,
  ].join("\n");
}

function bytes(count: number): string {
  return `${megabytes(count)} (${count.toLocaleString("en-US")} bytes)`;
}
