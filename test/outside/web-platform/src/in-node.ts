import { runFile } from "./run-file.ts";

const [, , root = "", file = "", variant = ""] = process.argv;
const result = await runFile({ root, file, variant });
process.stdout.write(JSON.stringify(result), () => process.exit(0));
