const FINAL = 1;
const [STORED, FIXED, DYNAMIC] = [0, 1, 2];

/** What a symbol's table says beside how many bits it takes, those behind it included. */
const [MATCH, END] = [0x40, 0x80];
const BITS = 0x3f;

const LONGEST_CODE = 15;
const END_OF_BLOCK = 256;
/** Lengths of codes stand in this order; source: RFC 1951, 3.2.7. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Ends a stream of parts with open ends: an empty stored block that is the last. */
export const STREAM_END: Uint8Array = new Uint8Array([1, 0, 0, 0xff, 0xff]);

/**
 * A raw deflate stream as a part that others can follow: its last block isn't the last any more, and an empty stored
 * block brings the end to a whole byte, as a flush would that libdeflate doesn't have. Source: RFC 1951.
 * @throws RangeError for what is no deflate stream
 */
export function openEnd(stream: Uint8Array): Uint8Array {
  const { header, end } = findLastBlock(stream);
  // Three bits of zero begin the empty block; its lengths begin at the next byte.
  const bytes = Math.ceil((end + 3) / 8);
  const part = new Uint8Array(bytes + 4);
  part.set(stream.subarray(0, Math.min(bytes, stream.length)));
  if (end % 8 !== 0) part[end >> 3] = (part[end >> 3] ?? 0) & ((1 << (end % 8)) - 1);
  part[header >> 3] = (part[header >> 3] ?? 0) & ~(FINAL << (header % 8));
  part.set([0, 0, 0xff, 0xff], bytes);
  return part;
}

/** Places in bits: of the last block's header, and behind its last symbol. */
function findLastBlock(stream: Uint8Array): { readonly header: number; readonly end: number } {
  const limit = stream.length * 8;
  let at = 0;
  /** Up to 25 bits. */
  const peek = (bits: number): number => {
    const byte = at >> 3;
    const word =
      (stream[byte] ?? 0) |
      ((stream[byte + 1] ?? 0) << 8) |
      ((stream[byte + 2] ?? 0) << 16) |
      ((stream[byte + 3] ?? 0) << 24);
    return (word >>> (at & 7)) & ((1 << bits) - 1);
  };
  const read = (bits: number): number => {
    const value = peek(bits);
    at += bits;
    return value;
  };
  const readLengths = (): { readonly symbols: Uint8Array; readonly distances: Uint8Array } => {
    const [symbols, distances, codes] = [read(5) + 257, read(5) + 1, read(4) + 4];
    const ofCodes = new Uint8Array(CODE_LENGTH_ORDER.length);
    for (const symbol of CODE_LENGTH_ORDER.slice(0, codes)) ofCodes[symbol] = read(3);
    const table = codeTable(ofCodes);
    const lengths = new Uint8Array(symbols + distances);
    for (let filled = 0; filled < lengths.length;) {
      const entry = table[peek(LONGEST_CODE)] ?? 0;
      at += checked(entry & 0xf);
      const symbol = entry >> 4;
      if (symbol < 16) lengths[filled++] = symbol;
      else {
        const value = symbol === 16 ? (lengths[filled - 1] ?? 0) : 0;
        const count = symbol === 16 ? 3 + read(2) : symbol === 17 ? 3 + read(3) : 11 + read(7);
        lengths.fill(value, filled, filled + count);
        filled += count;
      }
    }
    return { symbols: lengths.subarray(0, symbols), distances: lengths.subarray(symbols) };
  };
  const skipSymbols = (symbols: Uint8Array, distances: Uint8Array): void => {
    while (at < limit) {
      const symbol = symbols[peek(LONGEST_CODE)] ?? 0;
      at += checked(symbol & BITS);
      if ((symbol & END) !== 0) return;
      if ((symbol & MATCH) !== 0) at += checked(distances[peek(LONGEST_CODE)] ?? 0);
    }
    throw new RangeError("The deflate stream ends in a block.");
  };

  const fixed = { symbols: symbolTable(fixedLengths()), distances: distanceTable(new Uint8Array(30).fill(5)) };
  while (at + 3 <= limit) {
    const header = at;
    const [isLast, type] = [read(1) === FINAL, read(2)];
    if (type === STORED) {
      at = Math.ceil(at / 8) * 8;
      const bytes = read(16);
      at += 16 + bytes * 8;
    } else if (type === FIXED) skipSymbols(fixed.symbols, fixed.distances);
    else if (type === DYNAMIC) {
      const lengths = readLengths();
      skipSymbols(symbolTable(lengths.symbols), distanceTable(lengths.distances));
    } else throw new RangeError("The deflate stream has a block of an unknown type.");
    if (isLast && at <= limit) return { header, end: at };
  }
  throw new RangeError("The deflate stream has no last block.");
}

function checked(bits: number): number {
  if (bits === 0) throw new RangeError("The deflate stream has a code that stands for nothing.");
  return bits;
}

function fixedLengths(): Uint8Array {
  return new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
}

/** By the next bits, of the symbol that they begin with: its bits with those that tell a length more, and its kind. */
function symbolTable(lengths: Uint8Array): Uint8Array {
  const table = new Uint8Array(1 << LONGEST_CODE);
  fillTable(lengths, table, (symbol, bits) => {
    if (symbol < END_OF_BLOCK) return bits;
    if (symbol === END_OF_BLOCK) return bits | END;
    // Source: RFC 1951, 3.2.5.
    const more = symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2;
    return (bits + more) | MATCH;
  });
  return table;
}

function distanceTable(lengths: Uint8Array): Uint8Array {
  const table = new Uint8Array(1 << LONGEST_CODE);
  fillTable(lengths, table, (symbol, bits) => bits + Math.max(0, (symbol >> 1) - 1));
  return table;
}

/** Symbols above four bits that tell how many they take. */
function codeTable(lengths: Uint8Array): Uint16Array {
  const table = new Uint16Array(1 << LONGEST_CODE);
  fillTable(lengths, table, (symbol, bits) => (symbol << 4) | bits);
  return table;
}

/** Source of the codes: RFC 1951, 3.2.2. They stand in a stream with their highest bit first. */
function fillTable(
  lengths: Uint8Array,
  table: Uint8Array | Uint16Array,
  entry: (symbol: number, bits: number) => number,
): void {
  let code = 0;
  for (let bits = 1; bits <= LONGEST_CODE; bits++) {
    for (const [symbol, length] of lengths.entries()) {
      if (length !== bits) continue;
      const value = entry(symbol, bits);
      for (let place = reversed(code, bits); place < table.length; place += 1 << bits) table[place] = value;
      code += 1;
    }
    code <<= 1;
  }
}

function reversed(code: number, bits: number): number {
  let result = 0;
  for (let bit = 0; bit < bits; bit++) result |= ((code >> bit) & 1) << (bits - 1 - bit);
  return result;
}
