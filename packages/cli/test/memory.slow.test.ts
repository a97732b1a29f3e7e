import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { start } from "./support/process.ts";
import { scratch } from "./support/scratch.ts";

const LIMIT = 200 * 2 ** 20;

/** Writes the process's peak of resident memory, in bytes, to a file when it ends. */
const peakRecorder = (file: string): string =>
  `data:text/javascript,import{writeFileSync as w}from"node:fs";process.on("exit",()=>w(${JSON.stringify(file)},String(process.resourceUsage().maxRSS*1024)))`;

async function peakOfBurn(folder: string, source: string): Promise<number> {
  expect((await cli(folder, ["new", "my.disc", "--medium", "bd-r"])).code).toBe(0);
  const peak = join(folder, "peak");
  const { code, stderr } = await start(folder, ["burn", "my.disc", source, "--no-verify"], {
    nodeOptions: ["--import", peakRecorder(peak)],
  }).ended;
  expect(code, stderr).toBe(0);
  return Number(await readFile(peak, "utf8"));
}

describe.skipIf(process.platform === "win32")("peak memory of a recording stays under 200 MiB", () => {
  it("with one file of 5 GiB", async () => {
    const folder = scratch();

    await mkdir(join(folder, "large"));
    const file = await open(join(folder, "large", "sparse.bin"), "w");
    await file.truncate(5 * 2 ** 30);
    await file.close();
    expect(await peakOfBurn(folder, "large")).toBeLessThan(LIMIT);
  }, 600_000);

  it("with 100,000 files", async () => {
    const folder = scratch();

    for (let directory = 0; directory < 1000; directory++) {
      const path = join(folder, "many", `folder-${directory}`);
      await mkdir(path, { recursive: true });
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          writeFile(
            join(path, `document_${String(directory * 100 + index).padStart(6, "0")}.txt`),
            Buffer.alloc(300, index),
          ),
        ),
      );
    }
    expect(await peakOfBurn(folder, "many")).toBeLessThan(LIMIT);
  }, 600_000);
});
