// Speaks the agent's side of the frames, and misbehaves in ways the agent never would. What it does with an
// invocation is in the event: {"do": …}. How it starts is in STAND_IN.
import { closeSync, existsSync, readSync, writeFileSync, writeSync } from "node:fs";

const utf8 = new TextEncoder();
const [TO_CHILD, FROM_CHILD] = [3, 4];
const letter = (kind) => kind.charCodeAt(0);

function writeAll(descriptor, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

function send(...fields) {
  const body = Buffer.concat(
    fields.map((field) => (typeof field === "number" ? Buffer.of(field) : Buffer.from(field))),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  writeAll(FROM_CHILD, Buffer.concat([length, body]));
}

function receive(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size;) {
    try {
      const read = readSync(TO_CHILD, bytes, at, size - at, null);
      // The parent is gone.
      if (read === 0) process.exit(0);
      at += read;
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return bytes;
}

const withId = (id) => [utf8.encode(id).length, id];
const document = (errorMessage) => JSON.stringify({ errorType: "StandInError", errorMessage, stackTrace: [] });

function invoke(id, { do: what, size = 0, ...rest }, context) {
  switch (what) {
    case "answer":
      return send(letter("O"), ...withId(id), JSON.stringify({ ...rest, pid: process.pid, context }));
    case "answer twice":
      send(letter("O"), ...withId(id), '"first"');
      return send(letter("E"), 0, ...withId(id), document("second"));
    case "variable":
      return send(letter("O"), ...withId(id), JSON.stringify(process.env[rest.name] ?? null));
    case "fail":
      return send(letter("E"), 1, ...withId(id), document("as asked"));
    case "print":
      writeAll(1, utf8.encode(`${"o".repeat(size)}\n`));
      writeAll(2, utf8.encode("to the error output\nwithout an end"));
      return send(letter("O"), ...withId(id), "null");
    case "log":
      send(letter("L"), rest.level, ...withId(rest.id ?? id), rest.message);
      return send(letter("O"), ...withId(id), "null");
    case "exit":
      if (rest.message !== undefined) writeAll(1, utf8.encode(`${rest.message}\n`));
      return process.exit(rest.code);
    case "answer and exit":
      send(letter("O"), ...withId(id), '"last"');
      return process.exit(0);
    case "kill":
      return process.kill(process.pid, rest.signal);
    case "close":
      closeSync(FROM_CHILD);
      return process.exit(0);
    case "gibberish":
      return writeAll(FROM_CHILD, utf8.encode("no frame at all"));
    case "unknown kind":
      return send("?");
    case "nothing":
      return undefined;
    default:
      throw new Error(`Told to do ${what}`);
  }
}

const { STAND_IN: start = "ready" } = process.env;
if (start === "exit") {
  writeAll(2, utf8.encode("no such file: kernel.beam\n"));
  process.exit(3);
}
if (start === "fail") {
  send(letter("F"), document("no database"));
  process.exit(1);
}
// A child that takes its time when it is started anew.
if (start.startsWith("slow ")) {
  const marker = start.slice(5);
  if (existsSync(marker)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  writeFileSync(marker, "");
}
send(letter("R"));

for (;;) {
  const frame = receive(receive(4).readUInt32BE(0));
  const end = 2 + frame[1];
  const id = frame.toString("utf8", 2, end);
  switch (String.fromCharCode(frame[0])) {
    case "I": {
      const size = frame.readUInt32BE(end + 8);
      const event = end + 12 + size;
      invoke(id, JSON.parse(frame.toString("utf8", event)), JSON.parse(frame.toString("utf8", end + 12, event)));
      break;
    }
    case "W":
      send(letter("S"), ...withId(id), JSON.stringify(["lib/my_app.ex:7: MyApp.loop/1"]));
      break;
    case "X":
      if (start !== "stubborn") send(letter("E"), 0, ...withId(id), document("killed"));
      break;
    default:
      throw new Error(`A frame of kind ${frame[0]}`);
  }
}
