const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What a quoted value may hold: tab, and Latin-1 that is no control character. */
const TEXT = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;
/** A name, and a value whose quotes may hold semicolons. */
const PARAMETER = /;[\t\n\r ]*([^;=]*)(?:=("(?:[^"\\]|\\.)*[^;]*|[^;]*))?/gs;

/**
 * A MIME type as the MIME Sniffing standard writes it: names small, no blanks, no parameter twice. Empty if it is none.
 * @param text as in a header; of several, with commas between, the last that is a type counts
 */
export function mimeType(text: string): string {
  let last = "";
  for (const one of text.match(/(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/gs) ?? []) {
    const type = parsed(stripped(one));
    if (type !== "" && type !== "*/*") last = type;
  }
  return last;
}

function parsed(text: string): string {
  const end = text.indexOf(";");
  const essence = end === -1 ? text : text.slice(0, end);
  const [type = "", subtype = "", ...others] = stripped(essence).split("/");
  if (others.length > 0 || !TOKEN.test(type) || !TOKEN.test(subtype)) return "";
  const parameters = new Map<string, string>();
  for (const [, name = "", raw = ""] of text.slice(essence.length).matchAll(PARAMETER)) {
    const value = raw.startsWith('"') ? unquoted(raw) : raw.replace(/[\t\n\r ]+$/, "");
    if (!TOKEN.test(name) || !TEXT.test(value) || (value === "" && raw === "")) continue;
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
  }
  const written = [...parameters].map(([name, value]) => `;${name}=${TOKEN.test(value) ? value : quoted(value)}`);
  return `${type}/${subtype}`.toLowerCase() + written.join("");
}

/** Without the blanks that HTTP knows. */
function stripped(text: string): string {
  return text.replaceAll(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}

function unquoted(text: string): string {
  return /^"((?:[^"\\]|\\.)*\\?)/s.exec(text)?.[1]?.replaceAll(/\\(.)/gs, "$1") ?? "";
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
