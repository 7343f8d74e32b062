import { pathToFileURL } from "node:url";

const { run } = (await import(pathToFileURL(process.argv[2] ?? "").href)) as { run: () => Promise<unknown> };
const outcomes = JSON.stringify(await run());
// Runners end the process with a code of theirs.
process.removeAllListeners("exit");
process.stdout.write(outcomes, () => process.exit(0));
