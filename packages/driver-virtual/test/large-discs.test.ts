import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkDisc, createDisc, openDisc, type VirtualMediumId } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "large-discs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Bytes that a file takes on the storage; a hole takes none. */
const allocated = (path: string): number => statSync(path).blocks * 512;

describe("a disc of the largest size", () => {
  it.each<[VirtualMediumId, number, number]>([
    ["bd-r", 62_500_864, 0],
    ["bd-r-pow", 62_476_288, 0],
    ["bd-r-rrm", 62_476_288, 62_476_256],
    ["bd-re", 47_305_728, 47_305_696],
  ])("costs no more storage and memory than what is written on it: %s of %d blocks, written at %d", async (...row) => {
    const [medium, capacity, at] = row;
    const path = join(folder, "large.disc");
    const before = process.memoryUsage().arrayBuffers;
    await createDisc(path, { medium, capacity, formatted: medium !== "bd-r" });
    const recorder = await openDisc(path);
    const host = new Initiator(recorder);
    expect(host.write(at, blocksOf(32, 1))).toBe("good");
    expect(host.sync()).toBe("good");
    expect(marksOf(host.read(at, 32))).toEqual(marks(32, 1));
    // The log of commands takes 96 KiB, one cluster 64 KiB; the rest is what nobody has collected yet.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 2 ** 20);
    expect(allocated(path)).toBeLessThanOrEqual(64 * 1024 + 4096);
    expect(allocated(`${path}.state`)).toBeLessThanOrEqual(16_384);
    recorder.close();
    expect((await checkDisc(path)).isSound).toBe(true);
  });
});

describe("several recorders at once", () => {
  it("each have their own disc file, and the same one is for one of them", async () => {
    const media = ["cd-r", "dvd+rw", "bd-r", "bd-r-pow"] as const;
    const hosts = await Promise.all(
      media.map(async (medium) => {
        const path = join(folder, `${medium}.disc`);
        await createDisc(path, { medium, ...(medium === "dvd+rw" && { formatted: true }) });
        return new Initiator(await openDisc(path));
      }),
    );
    // In turns, as several programs would.
    for (let at = 0; at < 320; at += 32)
      for (const [index, host] of hosts.entries()) expect(host.write(at, blocksOf(32, index + 1))).toBe("good");
    await expect(openDisc(join(folder, "bd-r.disc"))).rejects.toMatchObject({ code: "BUSY" });
    for (const host of hosts) host.sync();
    for (const host of hosts) host.recorder.close();
    for (const [index, medium] of media.entries()) {
      const again = new Initiator(await openDisc(join(folder, `${medium}.disc`)));
      expect(marksOf(again.read(288, 32))).toEqual(marks(32, index + 1));
      again.recorder.close();
    }
  });
});
