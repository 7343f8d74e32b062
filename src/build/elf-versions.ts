const ELF_MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const SECTION_GNU_VERNEED = 0x6ffffffe;

/**
 * The symbol versions that a 64-bit little-endian ELF file asks of its libraries, such as `GLIBC_2.34`; none for
 * any other file. Sources: the ELF-64 specification; the Linux Standard Base, "Symbol Versioning".
 */
export function readVersionNeeds(file: Uint8Array): readonly string[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 64 || view.getUint32(0) !== ELF_MAGIC) return [];
  if (file[4] !== CLASS_64 || file[5] !== LITTLE_ENDIAN) return [];
  const table = Number(view.getBigUint64(0x28, true));
  const entrySize = view.getUint16(0x3a, true);
  const count = view.getUint16(0x3c, true);

  const section = (index: number): Section => {
    const at = table + index * entrySize;
    return {
      type: view.getUint32(at + 4, true),
      offset: Number(view.getBigUint64(at + 0x18, true)),
      link: view.getUint32(at + 0x28, true),
      info: view.getUint32(at + 0x2c, true),
    };
  };
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const needs = section(index);
    if (needs.type !== SECTION_GNU_VERNEED) continue;
    const strings = section(needs.link).offset;
    for (const offset of needOffsets(view, needs)) names.add(text(file, strings + offset));
  }
  return [...names];
}

interface Section {
  readonly type: number;
  readonly offset: number;
  /** For version needs: the section with the names. */
  readonly link: number;
  /** For version needs: how many libraries there are. */
  readonly info: number;
}

/** Where the names stand in the string section. */
function needOffsets(view: DataView, { offset, info }: Section): readonly number[] {
  const found: number[] = [];
  let library = offset;
  for (let index = 0; index < info; index++) {
    let version = library + view.getUint32(library + 8, true);
    for (let left = view.getUint16(library + 2, true); left > 0; left--) {
      found.push(view.getUint32(version + 8, true));
      version += view.getUint32(version + 12, true);
    }
    library += view.getUint32(library + 12, true);
  }
  return found;
}

function text(file: Uint8Array, at: number): string {
  return new TextDecoder().decode(file.subarray(at, file.indexOf(0, at)));
}
