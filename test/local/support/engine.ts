import { resolve } from "node:path";

const cpu = process.arch === "arm64" ? "aarch64" : "x64";

/** The engine's executable on this machine. */
export const engine: string = resolve(
  import.meta.dirname,
  `../../../node_modules/@oven/bun-${process.platform}-${cpu}/bin/bun`,
);
