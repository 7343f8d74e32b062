import type { Part } from "./part.ts";

const BEFORE = "=".repeat(80);
const WITHIN = "-".repeat(80);

/** What is to be read: each part with what its licence says, those with the same text above it once. */
export function noticesText(artifact: string, groups: readonly NoticesGroup[]): string {
  const heading = `The parts of ${artifact} that others wrote, and on which terms`;
  const intro =
    "Each part begins with what it is; what its files say about its licence follows. Parts with the same text stand together above it.";
  return [
    `${heading}\n${"=".repeat(heading.length)}\n\n${intro}\n`,
    ...groups.filter(({ parts }) => parts.length > 0).map(groupText),
  ].join("\n");
}

export interface NoticesGroup {
  readonly title: string;
  readonly parts: readonly Part[];
}

function groupText({ title, parts }: NoticesGroup): string {
  const byText = new Map<string, Part[]>();
  for (const part of parts) {
    // What has none is told of each alone.
    const key = part.text === "" ? `\0${part.purl}` : part.text;
    byText.set(key, [...(byText.get(key) ?? []), part]);
  }
  const blocks = [...byText.values()].map((alike) => {
    const text = alike[0]?.text ?? "";
    return `${BEFORE}\n${alike.map(head).join("\n\n")}\n${WITHIN}\n${text === "" ? "(It has no licence file.)" : text}\n`;
  });
  return `\n${title}\n${"-".repeat(title.length)}\n\n${blocks.join("\n")}`;
}

function head({ name, version, license, source, note }: Part): string {
  const lines = [
    `Name: ${name}`,
    ...(version === undefined ? [] : [`Version: ${version}`]),
    `License: ${license ?? "(it names none)"}`,
    ...(source === undefined ? [] : [`Source: ${source}`]),
    ...(note === undefined ? [] : [`Note: ${note}`]),
  ];
  return lines.join("\n");
}
