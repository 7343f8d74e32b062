import type { Plugin } from "rolldown";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { CommonJsViews } from "./commonjs-views.ts";
import { becomesCommonJs } from "./compiled-kind.ts";
import { namesFirst } from "./function-names.ts";
import { halfMade } from "./half-made.ts";
import { helperName } from "./helper-names.ts";

const WRAPPER = /var __commonJSMin\s*=[^;]*;/;
const ES_WRAPPER = /var __esmMin\s*=\s*\(fn, res, err\)\s*=>\s*(\(\)\s*=>\s*\{[^]*?\n\});/;
const CALL = "__esmMin(";
const ONCE_MORE = /\b__commonJSMin\(\(\(exports, module\) => \{\s*module\.exports = ([\w$]+\(\));\s*\}\)\)/;

/**
 * How a CommonJS module is evaluated: as in Node.js, one that throws is none yet, and evaluated again for whoever asks
 * next. The bundler's own wrapper would give its half-made exports.
 */
const WRITTEN = `var __commonJSMin = (evaluate, module) => () => {
	if (module === undefined) {
		module = { exports: {} };
		try {
			evaluate(module.exports, module, module.exports);
		} catch (error) {
			module = undefined;
			throw error;
		}
		if (module.loaded === false) module.loaded = true;
	}
	return module.exports;
};`;

/** What a namespace inherits of, whether it has the whole for its default, and how it begins. */
const [INHERITS, WHOLE] = ["__create(__getProtoOf(mod))", " || !__hasOwnProp.call(mod, 'default')"];
const NAMESPACE = "(mod, isNodeMode, target) => (";

/** The same for TypeScript that becomes CommonJS, for which it is called with `null` first. An ES module fails for good. */
function asCommonJsToo(wrapped: string): string {
  return `var __esmMin = (fn, res, err) => fn === null ? () => {
	if (err === undefined) {
		err = true;
		try {
			res();
		} catch (error) {
			err = undefined;
			throw error;
		}
	}
} : ${wrapped};`;
}

/** @throws Error when the bundler's own code has changed */
export function commonJsRuntime(): Plugin {
  return {
    name: "mayfly-commonjs",
    transform: {
      filter: { id: /^\0rolldown\/runtime\.js$/ },
      handler(code) {
        if (!WRAPPER.test(code)) throw new Error("The bundler's runtime has no __commonJSMin of the known form");
        if (!ES_WRAPPER.test(code)) throw new Error("The bundler's runtime has no __esmMin of the known form");
        if (![INHERITS, WHOLE, NAMESPACE].every((part) => code.includes(part)))
          throw new Error("The bundler's runtime has no __toESM of the known form");
        // As compilers have it: a function's namespace is no function, what has no default of its own has none, and what was
        // compiled is its own namespace. So one gets in a ring what comes later, as of other objects, which are inherited of.
        const likeCompilers = code
          .replace(
            INHERITS,
            "__create(typeof mod == 'function' ? Object.prototype : typeof mod == 'object' ? mod : __getProtoOf(mod))",
          )
          .replace(WHOLE, "")
          .replace(NAMESPACE, (start) => `${start.slice(0, -1)}!isNodeMode && mod != null && mod.__esModule ? mod : (`);
        const wrappers = likeCompilers.replace(ES_WRAPPER, (_, wrapped: string) => asCommonJsToo(wrapped));
        return { code: wrappers.replace(WRAPPER, WRITTEN) };
      },
    },
    renderChunk: {
      filter: { code: /\b__(?:esm|commonJS)Min\(/ },
      handler(code, { modules }) {
        const helper = helperName("__name", code, modules);
        const edits = Object.entries(modules).flatMap(([id, { code: text }]): readonly Edit[] => {
          if (text !== null && CommonJsViews.isAgain(id)) return onceMore(text, code.indexOf(text));
          const at = text === null || !text.includes(CALL) || !becomesCommonJs(id) ? -1 : code.indexOf(text);
          if (text === null || at < 0) return [];
          const start = at + text.indexOf(CALL) + CALL.length;
          return [{ start, end: start, text: "null, " }, ...namesFirst(text, at, helper), ...halfMade(text, at)];
        });
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

/** What only shows another module once more has nothing of its own, which would be seen in a ring. */
function onceMore(text: string, at: number): readonly Edit[] {
  const found = ONCE_MORE.exec(text);
  if (at < 0 || found === null) return [];
  const start = at + found.index;
  return [{ start, end: start + found[0].length, text: `() => ${found[1]}` }];
}
