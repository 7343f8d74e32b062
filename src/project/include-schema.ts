import { isFields } from "../support/read-field.ts";
import { describe, type ReportProblem, reportUnknownKeys, text } from "./config-values.ts";
import type { IncludeRule } from "./types.ts";

/** A list of files and folders, or one alone. */
export function checkInclude(value: unknown, path: string, report: ReportProblem): readonly IncludeRule[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    report(path, `must be a list, such as ["public"], but it is ${describe(value)}`);
    return [];
  }
  const rules: readonly unknown[] = value;
  return rules.flatMap((rule, index) => checkRule(rule, `${path}[${index}]`, report) ?? []);
}

function checkRule(rule: unknown, path: string, report: ReportProblem): IncludeRule | undefined {
  if (typeof rule === "string") return checkPaths({ from: rule, to: undefined }, path, report);
  if (!isFields(rule)) {
    report(path, `must be a path or { from, to }, but it is ${describe(rule)}`);
    return undefined;
  }
  reportUnknownKeys(rule, ["from", "to"], path, report);
  const from = text(rule["from"], `${path}.from`, report);
  const to = text(rule["to"], `${path}.to`, report);
  if (from === undefined) {
    if (rule["from"] === undefined) report(`${path}.from`, "is missing: a file, a folder or a pattern");
    return undefined;
  }
  if (from.startsWith("!") && to !== undefined) {
    report(path, "what is left out goes nowhere: write the pattern alone");
    return undefined;
  }
  return checkPaths({ from, to }, path, report);
}

function checkPaths(rule: IncludeRule, path: string, report: ReportProblem): IncludeRule | undefined {
  if (rule.from === "" || rule.from === "!") {
    report(path, "must not be empty");
    return undefined;
  }
  for (const part of [rule.from, rule.to ?? ""]) {
    if (part.startsWith("/") || part.replace(/^!/, "").split("/").includes("..")) {
      report(path, `"${part}" must lie inside the project and the package: no leading / and no ..`);
      return undefined;
    }
  }
  return rule;
}
