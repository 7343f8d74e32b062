import type { Plugin } from "rolldown";
import { applyEdits } from "../defer/edits.ts";
import { becomesCommonJs } from "./compiled-kind.ts";

const WRAPPER = /var __commonJSMin\s*=[^;]*;/;
const ES_WRAPPER = /var __esmMin\s*=\s*\(fn, res, err\)\s*=>\s*(\(\)\s*=>\s*\{[^]*?\n\});/;
const CALL = "__esmMin(";

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

/** What a namespace inherits of, and whether it has the whole for its default. */
const [INHERITS, WHOLE] = ["__create(__getProtoOf(mod))", " || !__hasOwnProp.call(mod, 'default')"];

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
        if (!code.includes(INHERITS) || !code.includes(WHOLE))
          throw new Error("The bundler's runtime has no __toESM of the known form");
        // As compilers have it: a function's namespace is no function, and what has no default of its own has none.
        const likeCompilers = code
          .replace(INHERITS, "__create(typeof mod == 'function' ? Object.prototype : __getProtoOf(mod))")
          .replace(WHOLE, "");
        const wrappers = likeCompilers.replace(ES_WRAPPER, (_, wrapped: string) => asCommonJsToo(wrapped));
        return { code: wrappers.replace(WRAPPER, WRITTEN) };
      },
    },
    renderChunk: {
      filter: { code: /\b__esmMin\(/ },
      handler(code, { modules }) {
        const edits = Object.entries(modules).flatMap(([id, { code: text }]) => {
          const at = text === null || !text.includes(CALL) || !becomesCommonJs(id) ? -1 : code.indexOf(text);
          const start = at + (text ?? "").indexOf(CALL) + CALL.length;
          return at < 0 ? [] : [{ start, end: start, text: "null, " }];
        });
        return edits.length === 0 ? undefined : { code: applyEdits(code, edits), map: null };
      },
    },
  };
}
