import type { Plugin } from "rolldown";

/** Without a reference back, which the bundler would look for in all files by trying. */
const EVALUATED = /\beval\(\s*(?:"require"|'require'|`require`)\s*\)/g;

/**
 * `eval("require")`, with which packages hide from bundlers what they can do without. A bundled module has no `require` of
 * its own that an `eval` could find: it is the engine's here, which looks for packages when it is called.
 */
export function evaluatedRequires(): Plugin {
  return {
    name: "mayfly-eval-require",
    transform: {
      filter: { id: /\.[cm]?[jt]sx?$/, code: EVALUATED },
      handler: (code) => ({ code: code.replace(EVALUATED, "(0, require)"), map: null }),
    },
  };
}
