import { LocalLambda } from "../../src/local/local-lambda.ts";

/** What the handler of a built package answers, in an environment of its own. */
export async function invokePackage(folder: string, handler: string, event: unknown): Promise<unknown> {
  const lambda = await LocalLambda.start({ functions: { f: { package: folder, handler, timeout: 60 } } });
  try {
    const { payload } = await lambda.invoke("f", Buffer.from(JSON.stringify(event)));
    return JSON.parse(payload.toString());
  } finally {
    await lambda.stop();
  }
}
