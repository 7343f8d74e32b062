// Each line leaves when it is ready: an async generator for text, a ReadableStream for bytes from elsewhere.
import { setTimeout as delay } from "node:timers/promises";

export async function* countdown(event: { from: number }) {
  for (let seconds = event.from; seconds > 0; seconds -= 1) {
    yield `${seconds}…\n`;
    await delay(100);
  }
  yield "lift-off\n";
}

export function squares(event: { from: number }): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let n = 0;
  return new ReadableStream({
    pull(controller) {
      n += 1;
      if (n > event.from) controller.close();
      else controller.enqueue(encoder.encode(`${n}² = ${n * n}\n`));
    },
  });
}
