import type { PluginContext, ResolvedId } from "rolldown";

type Kind = "import-statement" | "dynamic-import" | "require-call";

const LOOKING = "mayflyLooking";

/** Where something would lead, for a plugin that asks and may do without: that nothing is there is then nobody's fault. */
export function lookUp(
  context: PluginContext,
  specifier: string,
  importer: string,
  kind: Kind,
): Promise<ResolvedId | null> {
  return context.resolve(specifier, importer, { kind, custom: { [LOOKING]: true } });
}

/** @param custom as `resolveId` is given it */
export function isLookUp(custom: Readonly<Record<string, unknown>> | undefined): boolean {
  return custom?.[LOOKING] === true;
}
