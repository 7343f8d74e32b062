import type { ChildProcess } from "node:child_process";
import { setTimeout as after } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../contract/random.ts";
import { runs } from "../support/fuzz.ts";
import { anyEnd, ENDS, gone, place, SEED } from "./place.ts";

describe.skipIf(process.platform !== "linux")("ended at a moment by chance", () => {
  const count = runs(30);

  test(`mayfly dev leaves no process and no file (${count} times, seed ${SEED})`, { timeout: 1_800_000 }, async () => {
    using here = place();
    const random = randomFrom(SEED);
    let answered = 0;
    for (let index = 0; index < count; index++) {
      const end = anyEnd(random);
      const delay = Math.floor(random() * 1200);
      const asks = random() < 0.5;
      const what = `dev ${index}: ${end} after ${delay} ms`;
      const { child, ended, output } = here.start(`dev-${index}`, ["dev", "--port", "0"]);
      // Half of them are ended behind a first answer or while it is awaited, the others while they begin.
      if (asks) {
        const url = await Promise.race([firstLine(child), ended.then(() => undefined)]);
        expect(url, `${what}\n${output()}`).toMatch(/^http/);
        const answer = fetch(String(url)).then(
          async (response) => (answered += Number((await response.text()) === "hello")),
          () => undefined,
        );
        await Promise.race([answer, after(delay)]);
      } else await after(delay);
      child.kill(end);
      const code = await ended;
      expect([0, ENDS[end], null], `${what}\n${output()}`).toContain(code);
      await gone(`dev-${index}`, what);
      if (end !== "SIGKILL") expect(here.temporary(), what).toEqual([]);
    }
    const last = here.start("last", ["build", "--zip"]);
    expect(await last.ended).toBe(0);
    expect(here.temporary()).toEqual([]);
    expect(answered).toBeGreaterThan(0);
  });
});

function firstLine({ stdout }: ChildProcess): Promise<string> {
  return new Promise((settle) => {
    let text = "";
    stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const [line, rest] = text.split("\n", 2);
      if (line !== undefined && rest !== undefined) settle(line);
    });
  });
}
