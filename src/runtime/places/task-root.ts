/** The folder with the function's code, where Lambda says it is. */
export function taskRoot(): string {
  return process.env["LAMBDA_TASK_ROOT"] ?? "";
}

/** As `pathToFileURL` of `node:url`, which costs a start, writes the path of a file here. */
export function fileUrl(path: string): string {
  return `file://${encodeURI(path).replaceAll("#", "%23").replaceAll("?", "%3F")}`;
}
