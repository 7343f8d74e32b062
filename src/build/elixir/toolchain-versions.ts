import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readField } from "../../support/read-field.ts";
import { isFile } from "../../support/files.ts";

export interface ToolchainVersions {
  /** `ELIXIR_VERSION` and `OTP_VERSION`, as far as the project says. */
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

interface Tool {
  readonly argument: string;
  /** What is a release's whole version: asdf and mise complete shorter ones from a list that isn't here. */
  readonly version: RegExp;
}

const TOOLS: Readonly<Record<string, Tool>> = {
  elixir: { argument: "ELIXIR_VERSION", version: /^\d+\.\d+\.\d+(-rc\.\d+)?$/ },
  erlang: { argument: "OTP_VERSION", version: /^\d+(\.\d+)+(-rc\d+)?$/ },
};

/** The versions of Elixir and Erlang that asdf or mise would take in this project. */
export function toolchainVersions(root: string): ToolchainVersions {
  const buildArgs: Record<string, string> = {};
  const warnings: string[] = [];
  for (const { tool, version, file } of [...fromMise(root), ...fromToolVersions(root)]) {
    const known = TOOLS[tool];
    if (known === undefined || buildArgs[known.argument] !== undefined) continue;
    // asdf's Elixir says for which OTP it was compiled.
    const plain = version.replace(/-otp-\d+$/, "");
    if (known.version.test(plain)) buildArgs[known.argument] = plain;
    else warnings.push(`${file} asks for ${tool} ${version}; --docker takes only full versions from there.`);
  }
  return { buildArgs, warnings };
}

interface AskedFor {
  readonly tool: string;
  readonly version: string;
  readonly file: string;
}

function fromToolVersions(root: string): AskedFor[] {
  const file = ".tool-versions";
  return read(root, file)
    .split("\n")
    .flatMap((line) => {
      const [tool, version] = line.replace(/#.*/, "").trim().split(/\s+/);
      return tool && version ? [{ tool, version, file }] : [];
    });
}

/** `[tools]`: a version, an array of them, or a table with one. */
function fromMise(root: string): AskedFor[] {
  return ["mise.local.toml", "mise.toml", ".mise.toml"].flatMap((file) => {
    const tools = readField(parseToml(read(root, file)), "tools");
    return Object.keys(TOOLS).flatMap((tool) => {
      const asked = readField(tools, tool);
      const first: unknown = Array.isArray(asked) ? asked[0] : asked;
      const version = typeof first === "string" ? first : readField(first, "version");
      return typeof version === "string" ? [{ tool, version, file }] : [];
    });
  });
}

function read(root: string, name: string): string {
  const path = join(root, name);
  return isFile(path) ? readFileSync(path, "utf8") : "";
}

/** A file that mise itself couldn't read says nothing. */
function parseToml(text: string): unknown {
  try {
    return Bun.TOML.parse(text);
  } catch {
    return undefined;
  }
}
