import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { mainJob } from "../src/main-job.ts";

const sample = fileURLToPath(new URL("../sample", import.meta.url));
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** Names, contents and times of a folder. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const { mtimeMs, size } = await stat(join(folder, name));
    hash.update(`${name} ${mtimeMs} ${size}`);
    if ((await stat(join(folder, name))).isFile()) hash.update(await readFile(join(folder, name)));
  }
  return hash.digest("hex");
}

describe("the main job", () => {
  it.each([false, true])(
    "records a folder in two sessions and leaves the folder as it is (own folder: %s)",
    async (isOwnFolder) => {
      const workFolder = await mkdtemp(join(tmpdir(), "main-job-"));
      folders.push(workFolder);
      const before = await fingerprint(sample);
      let text = "";
      const out = {
        isTTY: false,
        write: (piece: string) => {
          text += piece;
          return true;
        },
      } as NodeJS.WriteStream;
      const disc = await mainJob({ folder: sample, workFolder, isOwnFolder, out });
      expect(await fingerprint(sample)).toBe(before);
      expect(disc).toBe(join(workFolder, "main-job.disc"));
      expect(text).toMatch(/Session 1: .*sample, by the mechanism “sequential”/);
      expect(text).toMatch(/5 added, 0 replaced/);
      expect(text).toMatch(/1 added, 1 replaced, 1 renamed, 1 removed, 1 unchanged/);
      expect(text).toMatch(/session 2: blocks \d+ to \d+, “MY DISC” {2}← what readers see/);
      expect(text).toMatch(
        /diary\.txt, which session 2 replaced\n {2}in session 1: “Monday.*\n {2}in session 2: “The second session/,
      );
      expect(text).toMatch(/session 1 good, session 2 good/);
    },
  );

  it("says what is wrong with a path that is no folder", async () => {
    await expect(
      mainJob({ folder: join(sample, "diary.txt"), workFolder: tmpdir(), isOwnFolder: true, out: process.stdout }),
    ).rejects.toThrow(/is no folder/);
  });
});
