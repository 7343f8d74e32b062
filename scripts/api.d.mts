/** Each entry point that has declarations: its name to import, and the absolute path of its declarations. */
export const ENTRY_POINTS: readonly { readonly name: string; readonly types: string }[];
/** `mayfly-http.api.md` for `mayfly/http`. */
export function reportName(name: string): string;
/** Writes the report of every entry point into `folder`. */
export function writeReports(folder: string): void;
