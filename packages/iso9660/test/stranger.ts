import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeWith, type Need } from "@multisession-internal/needs";
import { it } from "vitest";

/** A folder for one test, removed when it is done. */
export interface Bench {
  readonly folder: string;
  /** Runs a program of others in the folder; gives its standard output. Fails when the program does. */
  run(program: string, ...args: readonly string[]): string;
  /** Writes a file in the folder, with the folders above it. */
  write(path: string, content: string | Uint8Array): void;
}

/** A test that needs programs of others; without them it is skipped with the reason, or fails where nothing may be. */
export function strangerTest(
  title: string,
  wanted: readonly (string | Need)[],
  test: (bench: Bench) => Promise<void>,
): void {
  describeWith(wanted, title, () => {
    it("agrees", () => inFolder(test), 120_000);
  });
}

async function inFolder(test: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "iso9660-"));
  try {
    await test({
      folder,
      write: (path, content) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      },
      run: (program, ...args) =>
        execFileSync(program, args, {
          cwd: folder,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
          maxBuffer: 2 ** 26,
        }),
    });
  } finally {
    // Unpacked folders can be closed to their owner.
    spawnSync("chmod", ["-R", "u+rwX", folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}
