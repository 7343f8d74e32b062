"use client";

import { useEffect, useState } from "react";

/** Says so once its code runs in the browser. */
export function Counter() {
  const [word, setWord] = useState("asleep");
  useEffect(() => setWord("alive"), []);
  return <p>{word}</p>;
}
