import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { VERSION } from "../../version.ts";
import { ENGINE_VERSION, ENGINES } from "../engine/engine-pins.ts";
import type { BuildTarget } from "../target.ts";
import { integrityHash } from "./integrity-hash.ts";
import { type Part, purlOf } from "./part.ts";

/** What Mayfly puts into packages, with all licence texts: described at its beginning. */
const NOTICES = resolve(import.meta.dirname, "..", "..", "..", "THIRD_PARTY_NOTICES");

/** Before each block; no licence has such a line in front of such a name. */
const BLOCK = /\n={80}\n(?=Name: )/;
const TEXT = /\n-{80}\n/;
const NO_TEXT = "(No text.)";
const ENGINE = "Bun";
const MAYFLY = "Mayfly";

/** What every package contains, and those with Elixir: Mayfly, the engine and what that is made of. */
export function ownParts(target: BuildTarget, elixir: boolean): readonly Part[] {
  const blocks = readFileSync(NOTICES, "utf8").split(BLOCK).slice(1);
  const all = blocks.flatMap((block) => {
    const [heads, text] = splitOnce(block, TEXT);
    return heads.split("\n\n").map((head) => readPart(head, text.trim()));
  });
  const needed = all.filter(({ where }) => elixir || where === "every package");
  const inEngine = needed.filter(({ isEngines }) => isEngines).map(({ part }) => part.purl);
  return needed.map(({ part }) => {
    if (part.name === ENGINE) return { ...part, ...engineOf(target), needs: inEngine };
    return part.name === MAYFLY ? { ...part, version: VERSION, purl: purlOf("npm", "mayfly", VERSION) } : part;
  });
}

interface OwnPart {
  readonly part: Part;
  readonly where: string | undefined;
  readonly isEngines: boolean;
}

function readPart(head: string, text: string): OwnPart {
  const fields = new Map(head.split("\n").map((line) => splitOnce(line, /: /)));
  const name = fields.get("Name");
  const purl = fields.get("Package-URL");
  if (name === undefined || purl === undefined)
    throw new Error(`THIRD_PARTY_NOTICES has a part without a name: ${head}`);
  const part = {
    name,
    version: fields.get("Version"),
    license: fields.get("License"),
    source: fields.get("Source"),
    purl,
    text: text === NO_TEXT ? "" : text,
    note: fields.get("Note"),
    hash: undefined,
    needs: [],
  };
  return { part, where: fields.get("In"), isEngines: fields.get("Part-of") === ENGINE };
}

/** Only for Linux a build knows the bytes of its npm package. */
function engineOf({ os, arch }: BuildTarget): Partial<Part> {
  if (os !== "linux") return {};
  const pin = ENGINES[arch];
  return { purl: purlOf("npm", pin.package, ENGINE_VERSION), hash: integrityHash(pin.integrity) };
}

function splitOnce(text: string, at: RegExp): [string, string] {
  const found = at.exec(text);
  return found === null ? [text, ""] : [text.slice(0, found.index), text.slice(found.index + found[0].length)];
}
