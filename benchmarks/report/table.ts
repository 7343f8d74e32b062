/** Rows of equal length, the header first, as the formatter leaves them: columns padded, the first to the left. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [header = [], ...body] = rows;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/** Three figures: `8.62`, `58.3`, `247`, `1,250`. */
export function figure(value: number): string {
  // Rounded first: 9.998 is 10.0.
  const rounded = Number(value.toPrecision(3));
  const digits = rounded >= 100 ? 0 : rounded >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
