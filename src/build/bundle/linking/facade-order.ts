import type { OutputChunk } from "rolldown";

const CALLS = /^(?:init_[\w$]+\(\);\n)+/m;

/**
 * A chunk that only passes on a module which the bundler has made a function of: it calls those of all that this passes on,
 * and its own last. In a circle whoever is called first is the one that waits for the others, and the module itself calls
 * what it imports, in its order: so it is called first.
 */
export function ownFirst(chunks: readonly OutputChunk[]): readonly OutputChunk[] {
  return chunks.map((chunk) => {
    if (chunk.facadeModuleId === null || chunk.moduleIds.length > 0) return chunk;
    const code = chunk.code.replace(CALLS, (calls) => {
      const lines = calls.trimEnd().split("\n");
      return `${[...lines.slice(-1), ...lines.slice(0, -1)].join("\n")}\n`;
    });
    return code === chunk.code ? chunk : { ...chunk, code };
  });
}
