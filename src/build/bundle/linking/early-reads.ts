import type { Plugin } from "rolldown";
import { applyEdits, type Edit } from "../defer/edits.ts";
import { namesFirst } from "./function-names.ts";
import { helperName } from "./helper-names.ts";
import { lateBindings, lateNames } from "./late-bindings.ts";

const WORD = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;
const EXPORTED = /^export \{([^}]*)\};$/gm;

interface Rendered {
  readonly id: string;
  readonly text: string;
  /** Where it begins in its chunk. */
  readonly at: number;
}

/**
 * What modules that import each other in a circle see of one that isn't evaluated yet: in Node.js a value or a class can't be
 * read before, which is an error, and a namespace with its functions is there from the beginning. In what the bundler and
 * the engine's compiler make of them all are `undefined`. No line moves.
 * @param isReadEarly what a module's id is asked for once all are read
 * @param readsItself whether such a module imports itself
 */
export function earlyReads(isReadEarly: (id: string) => boolean, readsItself: (id: string) => boolean): Plugin {
  return {
    name: "mayfly-early-reads",
    renderChunk: {
      handler(code, { modules }) {
        const rendered: Rendered[] = Object.entries(modules).flatMap(([id, { code: text }]) => {
          const at = text === null || text === "" ? -1 : code.indexOf(text);
          return at < 0 || text === null ? [] : [{ id, text, at }];
        });
        const early = rendered.filter(({ id }) => isReadEarly(id));
        if (early.length === 0) return undefined;
        const others = wordsByUse(early, code);
        let count = 0;
        const fresh = (): string => {
          while (code.includes(`$${count}`)) count++;
          return `$${count++}`;
        };
        const helpers = {
          namespace: helperName("__exportAll", code, modules),
          name: helperName("__name", code, modules),
        };
        const edits: Edit[] = [];
        const hoisted: string[] = [];
        for (const { id, text, at } of early) {
          const source = this.getModuleInfo(id)?.code;
          if (typeof source !== "string") continue;
          const isSeen = (name: string): boolean => (others.get(name) ?? 0) > 1 || readsItself(id);
          const found = lateBindings(text, lateNames(id, source), isSeen, fresh, helpers);
          edits.push(...namesFirst(text, at, helpers.name));
          for (const edit of found.edits) edits.push({ ...edit, start: at + edit.start, end: at + edit.end });
          for (const { start, end } of found.hoisted) {
            hoisted.push(text.slice(start, end).replaceAll(/\s*\n\s*/g, " "));
            edits.push({ start: at + start, end: at + end, text: "" });
          }
        }
        if (edits.length === 0) return undefined;
        // At the end of the line in front of the first module, behind the bundler's helpers.
        const isHelper = ({ id }: Rendered): boolean => id.startsWith("\0rolldown/");
        const first = Math.min(...rendered.filter((one) => !isHelper(one)).map(({ at }) => at));
        const place = Math.max(0, first - 1);
        edits.push({ start: place, end: place, text: hoisted.join(" ") });
        return { code: applyEdits(code, edits), map: null };
      },
    },
  };
}

/** In how many modules a word stands; what the chunk exports, or imports itself, counts as one more. */
function wordsByUse(modules: readonly Rendered[], code: string): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  const exported = [...code.matchAll(EXPORTED)].map(([, names = ""]) => names).join();
  for (const text of [...modules.map((module) => module.text), exported]) {
    for (const word of new Set(text.match(WORD))) uses.set(word, (uses.get(word) ?? 0) + 1);
  }
  return uses;
}
