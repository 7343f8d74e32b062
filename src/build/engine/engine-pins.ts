import type { Arch } from "../../project/types.ts";

/** Chosen by measurement of start and size: a newer one replaces it when it is as fast and as small. */
export const ENGINE_VERSION = "1.4.3";

export interface EnginePin {
  /** npm package, of version `ENGINE_VERSION`. */
  readonly package: string;
  /** Of the package's tarball, as the npm registry publishes it. */
  readonly integrity: string;
  /** Of `bin/bun` inside, hexadecimal. */
  readonly sha256: string;
}

/** The Linux engines, by Lambda architecture. */
export const ENGINES: Readonly<Record<Arch, EnginePin>> = {
  arm64: {
    package: "@oven/bun-linux-aarch64",
    integrity: "sha512-ylogDFxDD+aRKO0TJauwDzCWM+rULvc85gRNZQ9CnY6rm2BU4GC2XUDi20bh67CIuB4Wt/0PL1xpsJ2hqplMww==",
    sha256: "029ece746ac9f970c76d8f48bdd1b1d0c52f3636b74d19f546f5e7c1165c0abe",
  },
  x86_64: {
    package: "@oven/bun-linux-x64",
    integrity: "sha512-RArgnpjeXjaGzjp5h7Rs89cUYJutO8IyqR3itE8OBaBzEt8KNm2jp/YozxBHq4eFovwrQLryeSwTAcmiT+zcoA==",
    sha256: "7ce7d6b654eddeec20afddf2396317fba6dc19ab52788a27e894e1806bf8f24b",
  },
};
