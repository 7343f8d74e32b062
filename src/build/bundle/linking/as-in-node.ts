import type { Plugin } from "rolldown";
import { externalPackages } from "../absent/external-packages.ts";
import { builtinStars } from "./builtin-stars.ts";
import { constantRequires } from "./constant-requires.ts";
import { createdRequires } from "./created-require.ts";
import { decoratedTypes } from "./decorated-types.ts";
import { evaluatedRequires } from "./eval-require.ts";
import { exportlessModules } from "./exportless-modules.ts";
import { importedCommonJs } from "./imported-commonjs.ts";
import { liveExports } from "./live-exports.ts";
import { moduleObjects } from "./module-objects.ts";
import { modulePlaces } from "./module-place.ts";
import { namespaceNames } from "./namespace-names.ts";
import { refuseReturns } from "./refuse-returns.ts";
import { resolvedPlaces } from "./resolved-places.ts";
import { sloppyModules } from "./sloppy-modules.ts";
import { typeOnlyModules } from "./type-only-modules.ts";

/** What has modules mean in a bundle what they mean in Node.js, where the bundler by itself doesn't. */
export function asInNode(root: string, external: readonly string[]): readonly Plugin[] {
  return [
    externalPackages(root, external),
    refuseReturns(),
    decoratedTypes(),
    typeOnlyModules(),
    exportlessModules(),
    namespaceNames(),
    builtinStars(),
    constantRequires(),
    // Before code that an eval makes sloppy is taken as text.
    evaluatedRequires(),
    sloppyModules(root),
    liveExports(),
    moduleObjects(),
    createdRequires(root, external),
    resolvedPlaces(root, external),
    modulePlaces(root),
    importedCommonJs(root),
  ];
}
