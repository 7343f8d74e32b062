import type { RenderedModule } from "rolldown";

const RUNTIME = "\0rolldown/runtime.js";

/**
 * What a chunk calls one of the bundler's helpers. Packages that were bundled before have helpers of the same names, and the
 * bundler's own then have others.
 * @returns `undefined` if the chunk doesn't use it
 */
export function helperName(
  helper: "__name" | "__exportAll",
  code: string,
  modules: Readonly<Record<string, RenderedModule>>,
): string | undefined {
  const declared = modules[RUNTIME]?.code;
  if (typeof declared === "string") return new RegExp(`\\bvar (${helper}(?:\\$\\d+)?) = `).exec(declared)?.[1];
  const pattern = `\\bimport \\{[^}]*?(?<![\\w$])${helper}(?: as ([\\w$]+))?(?![\\w$])[^}]*\\} from "\\./rolldown-runtime\\.js"`;
  const imported = new RegExp(pattern).exec(code);
  return imported === null ? undefined : (imported[1] ?? helper);
}
