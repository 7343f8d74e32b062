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

/** @throws Error when the bundler's own code has changed */
export function commonJsRuntime(): Plugin {
  return {
    name: "mayfly-commonjs",
    transform: {
      filter: { id: /^\0rolldown\/runtime\.js$/ },
      handler(code) {
        if (!WRAPPER.test(code)) throw new Error("The bundler's runtime has no __commonJSMin of the known form");
        return { code: code.replace(WRAPPER, WRITTEN) };
      },
    },
  };
}
