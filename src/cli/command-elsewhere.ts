/** Commands that others of its kind have. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  deploy:
    "Mayfly makes lambda.zip (mayfly build --zip); deploy it with the tool you have, to the runtime provided.al2023.",
  init: "Nothing has to be set up: mayfly build finds the handler in src/handler.ts, or the file that you name.",
  start: "mayfly dev serves a function over HTTP, mayfly invoke runs it once.",
  test: "mayfly invoke runs a function once; mayfly/testing is for the tests of your project.",
};
const SAME: Readonly<Record<string, string>> = {
  new: "init",
  create: "init",
  publish: "deploy",
  serve: "start",
  run: "start",
};

/** What is said to somebody who looks for a command of another tool. */
export function commandElsewhere(name: string): string | undefined {
  return ELSEWHERE[SAME[name] ?? name];
}
