const PIECE = new TextEncoder().encode("mayflies live a day ".repeat(820)); // 16,400 bytes

/** 64 pieces, 1 MB in all. */
export function handle(): ReadableStream<Uint8Array> {
  let left = 64;
  return new ReadableStream({
    pull(controller) {
      if (left === 0) controller.close();
      else controller.enqueue(PIECE);
      left -= 1;
    },
  });
}
