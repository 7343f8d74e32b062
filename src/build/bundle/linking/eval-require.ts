import type { Plugin } from "rolldown";

/** Without a reference back, which the bundler would look for in all files by trying. The last is protobufjs's. */
const EVALUATED = /\beval\(\s*(?:"require"|'require'|`require`|"quire"\.replace\(\/\^\/, ?"re"\))\s*\)/g;

/** What protobufjs asks that for: the file system, and `long`, without which it gives 64-bit integers as inexact numbers. */
const INQUIRED = /\b(?:util\.)?inquire\("([\w-]+)"\)/g;
const ASKING = /[\\/]protobufjs[\\/].*\.c?js$/;

/**
 * `eval("require")`, with which packages hide from bundlers what they can do without. A bundled module has no `require` of
 * its own that an `eval` could find: it is the engine's here, which looks for packages when it is called.
 */
export function evaluatedRequires(): Plugin {
  return {
    name: "mayfly-eval-require",
    transform: {
      filter: { id: /\.[cm]?[jt]sx?$/, code: [EVALUATED, INQUIRED] },
      handler(code, id) {
        const found = code.replace(EVALUATED, "(0, require)");
        if (!ASKING.test(id)) return found === code ? undefined : { code: found, map: null };
        const asked = found.replace(INQUIRED, '(() => { try { return require("$1"); } catch { return null; } })()');
        return { code: asked, map: null };
      },
    },
  };
}
