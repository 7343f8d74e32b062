import type { Plugin } from "rolldown";

const WRAPPER = /var __commonJSMin\s*=[^;]*;/;

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

/** @throws Error when the bundler's own code has changed */
export function commonJsRuntime(): Plugin {
  return {
    name: "mayfly-commonjs",
    transform: {
      filter: { id: /^\0rolldown\/runtime\.js$/ },
      handler(code) {
        if (!WRAPPER.test(code)) throw new Error("The bundler's runtime has no __commonJSMin of the known form");
        if (!code.includes(INHERITS) || !code.includes(WHOLE))
          throw new Error("The bundler's runtime has no __toESM of the known form");
        // As compilers have it: a function's namespace is no function, and what has no default of its own has none.
        const likeCompilers = code
          .replace(INHERITS, "__create(typeof mod == 'function' ? Object.prototype : __getProtoOf(mod))")
          .replace(WHOLE, "");
        return { code: likeCompilers.replace(WRAPPER, WRITTEN) };
      },
    },
  };
}
