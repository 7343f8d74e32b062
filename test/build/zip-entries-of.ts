import { openPromise } from "yauzl";

/** The names in a zip. */
export async function zipEntriesOf(file: string): Promise<readonly string[]> {
  const zip = await openPromise(file, { autoClose: true, strictFileNames: true, decodeStrings: false });
  const names: string[] = [];
  for await (const { fileNameRaw } of zip.eachEntry()) names.push(fileNameRaw.toString());
  return names;
}
