import { appendFileSync, closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readBinaryKind } from "../../src/support/binary-kind.ts";
import { cacheFolder } from "../../src/build/cache-folder.ts";
import { ENGINE_VERSION } from "../../src/build/engine/engine-pins.ts";
import { testProject } from "./test-project.ts";

const OTHER = process.arch === "arm64" ? "x86_64" : "arm64";
const PACKAGE = OTHER === "arm64" ? "@oven/bun-linux-aarch64" : "@oven/bun-linux-x64";
const HANDLER = { "src/hello.ts": "export const handle = () => 1;\n" };

describe("the engine for the other architecture", () => {
  test("comes from npm, is kept, and is fetched again when the kept one is damaged", async () => {
    using project = testProject(HANDLER);
    const environment = { MAYFLY_CACHE_DIR: join(project.folder, "cache") };
    const build = async (more: Readonly<Record<string, string>> = {}): Promise<unknown> => {
      const { code, stderr } = await project.mayfly(["build", "--arch", OTHER], {
        environment: { ...environment, ...more },
      });
      expect(`${code} ${stderr}`).toMatch(/^0/);
      return machineOf(join(project.folder, "bootstrap"));
    };
    expect(await build()).toEqual({ kind: "elf", machine: OTHER });

    const [name = "", ...others] = readdirSync(join(project.folder, "cache/engines"));
    expect(others).toEqual([]);
    const kept = join(project.folder, "cache/engines", name);
    const { size } = statSync(kept);
    const noRegistry = { npm_config_registry: "http://127.0.0.1:9/", npm_config_offline: "true" };
    expect(await build(noRegistry)).toEqual({ kind: "elf", machine: OTHER });

    appendFileSync(kept, "damage");
    expect(await build()).toEqual({ kind: "elf", machine: OTHER });
    expect(statSync(kept).size).toBe(size);
  });

  test("is refused when it is not the one that was published", async () => {
    const tarball = gzipSync(Buffer.alloc(1024));
    const server = createServer((request, response) => {
      if (request.url?.endsWith(".tgz")) return response.end(tarball);
      const { port } = address(server);
      const dist = { tarball: `http://127.0.0.1:${port}/engine.tgz` };
      const versions = { [ENGINE_VERSION]: { name: PACKAGE, version: ENGINE_VERSION, dist } };
      return response.end(JSON.stringify({ name: PACKAGE, "dist-tags": { latest: ENGINE_VERSION }, versions }));
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    try {
      using project = testProject(HANDLER);
      const { code, stderr } = await project.mayfly(["build", "--arch", OTHER], {
        environment: {
          MAYFLY_CACHE_DIR: join(project.folder, "cache"),
          npm_config_cache: join(project.folder, "npm"),
          npm_config_registry: `http://127.0.0.1:${address(server).port}/`,
        },
      });
      expect(code).toBe(1);
      expect(stderr).toMatch(/error MAYFLY_ENGINE_DOWNLOAD: [\s\S]*not the one that was published/);
      expect(readdirSync(join(project.folder, "cache/engines"))).toEqual([]);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("that can't be reached is a fault with what to do", async () => {
    using project = testProject(HANDLER);
    const { code, stderr } = await project.mayfly(["build", "--arch", OTHER], {
      environment: {
        MAYFLY_CACHE_DIR: join(project.folder, "cache"),
        npm_config_cache: join(project.folder, "npm"),
        npm_config_registry: "http://127.0.0.1:9/",
        npm_config_fetch_retries: "0",
      },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/error MAYFLY_ENGINE_DOWNLOAD: [\s\S]*ECONNREFUSED[\s\S]*Without a network here/);
  });

  test("is kept where MAYFLY_CACHE_DIR or the system's cache folder says", () => {
    expect(cacheFolder({ MAYFLY_CACHE_DIR: "/a/b" })).toBe("/a/b");
    expect(cacheFolder({ XDG_CACHE_HOME: "/c" })).toBe("/c/mayfly");
    expect(cacheFolder({})).toMatch(/\/\.cache\/mayfly$/);
  });
});

function address(server: ReturnType<typeof createServer>): { port: number } {
  const found = server.address();
  if (found === null || typeof found === "string") throw new Error("The server listens on no port.");
  return found;
}

function machineOf(file: string): unknown {
  const header = Buffer.alloc(20);
  const descriptor = openSync(file, "r");
  readSync(descriptor, header, 0, 20, 0);
  closeSync(descriptor);
  return readBinaryKind(header);
}
