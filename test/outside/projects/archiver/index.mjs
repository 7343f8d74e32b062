import { buffer } from "node:stream/consumers";
import archiver from "archiver";
import { fromBuffer } from "yauzl";

export const handler = async (files) => {
  const archive = archiver("zip", { zlib: { level: 9 } });
  const bytes = buffer(archive);
  for (const [name, content] of Object.entries(files)) archive.append(content, { name, date: new Date(0) });
  await archive.finalize();
  return { size: archive.pointer() > 0, entries: await entriesOf(await bytes) };
};

function entriesOf(bytes) {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: false }, (error, zip) => {
      if (error) return reject(error);
      const entries = [];
      zip.on("entry", (entry) => entries.push([entry.fileName, entry.uncompressedSize, entry.crc32]));
      zip.on("end", () => resolve(entries));
    });
  });
}
