import type { Arch } from "../../project/types.ts";

/** Pages of an engine that starts and first invocations read. */
export interface StartPages {
  /** The SHA-256 of the engine they were recorded of, hexadecimal. */
  readonly engine: string;
  /** Ranges of 4 KiB pages by address, `first-end` without the end, hexadecimal. */
  readonly pages: string;
}

/** Written by `npm run bench pages`, from the workloads in bench. */
export const START_PAGES: Readonly<Partial<Record<Arch, StartPages>>> = {
  x86_64: {
    engine: "7ce7d6b654eddeec20afddf2396317fba6dc19ab52788a27e894e1806bf8f24b",
    pages:
      "200-31e ecb-ff0 1065-1145 11bf-13f6 1459-145a 14ab-14b0 153f-15f4 1631-1717 1806-18ad 18e4-1f94 1fcd-1fce 2057-2608 265b-28bd 290d-2930 2981-29a6 2a67-2a73 2ab8-2c3b 2ca1-2ca2 2da2-2e38 2f13-2fc0 3012-302f 308a-31b2 31f8-3233 3278-327a 32d3-330d 3372-3373 345e-3461 3499-349a 34f4-353f 3594-35c2 36b7-36b8 386d-3871 3a40-3a41 4094-4095 42c8-42c9 43da-43dd 44bb-453d 45cd-45e6 4646-4647 47fa-47fb 48af-48de 4948-4960 4997-49a9 4a04-4a23 4a96-4b30 4bbc-4bbd 4c60-4c88 4d16-4d41 4de5-4de6 56b9-56d8",
  },
};
