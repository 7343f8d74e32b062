/** Where the engine has the modules of a program, which is nothing that a user knows. */
export const PROGRAM = "/$bunfs/root/";

/** A text that tells of frames or modules, without it. Code that was evaluated has no file. */
export function withoutPlace(text: string): string {
  if (!text.includes(PROGRAM)) return text;
  return text.replaceAll(/file:\/\/\/\$bunfs\/root\/[^:)]*/g, "<anonymous>").replaceAll(PROGRAM, "");
}
