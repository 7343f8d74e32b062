/** Where an Elixir release lies in a package, for the build that puts it there and the runtime that finds it. */

export const RELEASE_FOLDER = "beam";
/** In that folder: how to start the release. */
export const RELEASE_MANIFEST = "mayfly.json";
/** In that folder: the runtime's own executable. `bootstrap` is the launcher then (launcher/launcher.c), which starts both. */
export const ENGINE_FILE = "engine";
