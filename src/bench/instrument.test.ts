import { expect, test } from "vitest";
import { afterPrologue } from "./instrument.ts";

test.each([
  ["const a = 1;", ""],
  [`"use strict";\nconst a = 1;`, `"use strict";`],
  [`#!/usr/bin/env node\n'use strict'\nconst a = 1;`, `#!/usr/bin/env node\n'use strict'`],
  [
    `/* licence */\n// and more\n"use client"; "use strict";\nlet a;`,
    `/* licence */\n// and more\n"use client"; "use strict";`,
  ],
  [`/** @jsx h */\nlet a;`, `/** @jsx h */`],
  [`"use strict".length;\nlet a;`, ""],
  ["", ""],
])("a mark goes behind what must stay first in %j", (text, before) => {
  expect(text.slice(0, afterPrologue(text))).toBe(before);
});
