import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDisc } from "@multisession/driver-virtual";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { composeBackup } from "../src/compose.ts";

let folder: string;
let device: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "multisession-example-"));
  writeFileSync(join(folder, "letter.txt"), "the first version");
  device = join(mkdtempSync(join(tmpdir(), "multisession-example-disc-")), "backup.disc");
  await createDisc(device, { medium: "bd-r", capacity: 4096 });
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(device, ".."), { recursive: true, force: true });
});

describe("the backup without a container", () => {
  it("restores every version of a file from the session that recorded it", async () => {
    const backup = composeBackup();
    expect((await backup.backUp(folder, device)).session).toBe(1);
    writeFileSync(join(folder, "letter.txt"), "the second version");
    const { session, cost } = await backup.backUp(folder, device);
    expect(session).toBe(2);
    expect(cost[0]?.resource).toBe("blocks");
    expect((await backup.sessions(device)).map(({ number }) => number)).toEqual([1, 2]);
    await backup.restore(device, "/letter.txt", join(folder, "newest"));
    await backup.restore(device, "/letter.txt", join(folder, "oldest"), 1);
    expect(readFileSync(join(folder, "newest"), "utf8")).toBe("the second version");
    expect(readFileSync(join(folder, "oldest"), "utf8")).toBe("the first version");
  });

  it("never writes over a file that is there", async () => {
    const backup = composeBackup();
    await backup.backUp(folder, device);
    await expect(backup.restore(device, "/letter.txt", join(folder, "letter.txt"))).rejects.toThrow(/EEXIST/);
  });
});
