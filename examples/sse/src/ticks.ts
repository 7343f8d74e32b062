/** One event a tick, until all are sent or Lambda is about to end the invocation. */
async function* ticks(count: number, signal: AbortSignal): AsyncGenerator<string, void> {
  for (let tick = 1; tick <= count && !signal.aborted; tick += 1) {
    yield `id: ${tick}\ndata: ${JSON.stringify({ tick })}\n\n`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export default {
  fetch(request: Request): Response {
    const count = Number(new URL(request.url).searchParams.get("count") ?? 5);
    const events = ticks(count, request.signal);
    const body = new ReadableStream<string>({
      async pull(controller) {
        const next = await events.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    });
    return new Response(body.pipeThrough(new TextEncoderStream()), {
      headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
    });
  },
};
