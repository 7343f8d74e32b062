import type { LinkedChunk } from "./linking/helpers-in-start.ts";

/** The files whose code is in chunks: absolute paths. */
export function chunkSources(chunks: readonly Pick<LinkedChunk, "modules">[]): readonly string[] {
  const rendered = chunks.flatMap(({ modules }) =>
    Object.entries(modules).flatMap(([id, { renderedLength }]) => (renderedLength > 0 ? [id] : [])),
  );
  // What the build wrote itself has no file.
  return rendered.filter((id) => !id.startsWith("\0")).map((id) => id.replace(/\?.*$/, ""));
}
