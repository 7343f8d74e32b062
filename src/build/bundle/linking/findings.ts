import { join, sep } from "node:path";
import type { Plugin } from "rolldown";
import type { CodeFindings } from "../../../protocol/program-settings.ts";
import { ENTRY_NAME, FINDINGS_PLACE } from "../mayfly-sources.ts";
import { ownSources } from "../../own-sources.ts";

/**
 * The words that tell. One in a comment, or a name of the code's own, counts too: then a start takes some microseconds
 * more. Most look-ups the bundler resolves; which are left only it knows.
 */
const TELLING: Readonly<Record<keyof CodeFindings, RegExp>> = {
  webTypes: /\b(?:Response|Request|Headers|Blob|File|FormData|formData|fetch)\b/,
  forms: /\b[Ff]ormData\b/,
  aborts: /\b(?:DOMException|Abort(?:Controller|Signal)|structuredClone|atob)\b/,
  frameFiles: /\b(?:getFileName|getScriptNameOrSourceURL|prepareStackTrace)\b/,
  lookUps: /\brequire\b|\bimport\s*\(/,
  moduleCache: /\b[mM]odule\w*\s*(?:\?\.|\.|\[\s*["'])\s*_cache\b/,
  processEvents: /\bprocess\._events\b/,
  ownSockets: /\.assignSocket\s*\(/,
};

/**
 * Looks at all code but Mayfly's own, and writes what it found where the entry imports it.
 * @param isOpen whether packages are left outside, asked as each round begins
 */
export function codeFindings(root: string, isOpen: () => boolean): Plugin {
  const own = ownSources(root) + sep;
  const entry = join(root, ENTRY_NAME);
  const none = (): Record<keyof CodeFindings, boolean> => {
    // What isn't read here may name anything.
    const all = isOpen();
    return {
      webTypes: all,
      forms: all,
      aborts: all,
      frameFiles: all,
      lookUps: all,
      moduleCache: all,
      processEvents: all,
      ownSockets: all,
    };
  };
  let found = none();
  return {
    name: "mayfly-findings",
    buildStart() {
      // The bundler may begin again, with other modules.
      found = none();
    },
    transform: {
      // As it was written: what other plugins put into it names what the code doesn't.
      order: "pre",
      filter: { id: /^[^\0].*\.[cm]?[jt]sx?$/ },
      handler(code, id) {
        if (id === entry || id.startsWith(own)) return;
        found.webTypes ||= TELLING.webTypes.test(code);
        found.forms ||= TELLING.forms.test(code);
        found.aborts ||= TELLING.aborts.test(code);
        found.frameFiles ||= TELLING.frameFiles.test(code);
        found.lookUps ||= TELLING.lookUps.test(code);
        found.moduleCache ||= TELLING.moduleCache.test(code);
        found.processEvents ||= TELLING.processEvents.test(code);
        found.ownSockets ||= TELLING.ownSockets.test(code);
      },
    },
    renderChunk: {
      handler(code, { moduleIds }) {
        if (!moduleIds.some((id) => id.startsWith(own)) || !code.includes(FINDINGS_PLACE)) return undefined;
        return { code: code.replace(FINDINGS_PLACE, () => JSON.stringify(found)), map: null };
      },
    },
  };
}
