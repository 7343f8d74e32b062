import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours for one stream: only on a terminal, and not where NO_COLOR asks for none (no-color.org). */
export type Paint = (style: Style, text: string) => string;

export function paintFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): Paint {
  const coloured = stream.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  return (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text);
}

/** Says on stderr what a command is busy with. */
export interface Progress {
  readonly step: (text: string) => void;
  readonly done: () => void;
}

/** Work shorter than this is not worth a line in a log. */
const QUIET_MS = 1000;
const FRAME_MS = 100;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** On a terminal one line that keeps changing; elsewhere a line for each step that takes over a second. */
export function showProgress(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet) return { step: () => undefined, done: () => undefined };
  return stream.isTTY ? spinner(stream) : slowSteps(stream);
}

function spinner(stream: NodeJS.WriteStream): Progress {
  let current = "";
  let frame = 0;
  const draw = (): void => {
    stream.write(`\r\u001b[K${FRAMES[frame++ % FRAMES.length] ?? ""} ${current}`);
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    step(text) {
      current = text;
      draw();
      timer ??= setInterval(draw, FRAME_MS).unref();
    },
    done() {
      clearInterval(timer);
      timer = undefined;
      stream.write("\r\u001b[K");
    },
  };
}

function slowSteps(stream: NodeJS.WriteStream): Progress {
  let timer: NodeJS.Timeout | undefined;
  return {
    step(text) {
      clearTimeout(timer);
      timer = setTimeout(() => stream.write(`${text} …\n`), QUIET_MS).unref();
    },
    done() {
      clearTimeout(timer);
    },
  };
}
