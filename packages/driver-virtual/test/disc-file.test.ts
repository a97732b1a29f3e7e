import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createDisc,
  discImage,
  openDisc,
  type VirtualMediumId,
  type VirtualRecorder,
  writeDiscImage,
} from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

let folder: string;
let path: string;
const opened: VirtualRecorder[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "disc-file-"));
  path = join(folder, "backup.disc");
});

afterEach(() => {
  for (const recorder of opened.splice(0)) recorder.close();
  rmSync(folder, { recursive: true });
});

async function open(file: string = path): Promise<Initiator> {
  const recorder = await openDisc(file);
  opened.push(recorder);
  return new Initiator(recorder);
}

async function fresh(medium: VirtualMediumId): Promise<Initiator> {
  await createDisc(path, { medium, capacity: 4096, formatted: medium !== "bd-r" });
  return open();
}

/** Opens the files as they lie, as after a kill of the one who has them open. */
async function openCopy(): Promise<Initiator> {
  const copy = join(folder, "copy.disc");
  copyFileSync(path, copy);
  copyFileSync(`${path}.state`, `${copy}.state`);
  return open(copy);
}

describe("a disc file", () => {
  it("takes up no room until something is written", async () => {
    await createDisc(path, { medium: "bd-r" });
    expect(statSync(path).size).toBe(0);
    expect(statSync(`${path}.state`).size).toBeLessThan(2048);
    expect((await open()).track(1).freeBlocks).toBe(12_219_392);
  });

  it("is not made over another file", async () => {
    writeFileSync(path, "photos");
    await expect(createDisc(path, { medium: "bd-r" })).rejects.toMatchObject({ code: "DISC_FILE_EXISTS" });
    expect(readFileSync(path, "utf8")).toBe("photos");
    rmSync(path);
    writeFileSync(`${path}.state`, "state");
    await expect(createDisc(path, { medium: "bd-r" })).rejects.toMatchObject({ code: "DISC_FILE_EXISTS" });
    await expect(createDisc(join(folder, "no", "x.disc"), { medium: "bd-r" })).rejects.toMatchObject({
      code: "INVALID_PATH",
    });
  });

  it("holds the blocks where other programs look for them, and ends where the recorded data ends", async () => {
    const host = await fresh("bd-r");
    host.write(0, blocksOf(40, 1));
    host.close(1, 1);
    host.close(2);
    host.write(64, blocksOf(3, 2));
    host.sync();
    const file = readFileSync(path);
    expect(file.length).toBe(96 * 2048);
    expect(marksOf(file)).toEqual([...marks(40, 1), ...Array(24).fill("-"), ...marks(3, 2), ...Array(29).fill("-")]);
    expect(Buffer.compare(file, discImage(host.recorder))).toBe(0);
    writeDiscImage(host.recorder, join(folder, "copy.iso"));
    expect(Buffer.compare(file, readFileSync(join(folder, "copy.iso")))).toBe(0);
  });

  it("shows replaced clusters at the address of what they replace", async () => {
    const host = await fresh("bd-r-pow");
    host.write(0, blocksOf(64, 1));
    host.sync();
    host.write(0, blocksOf(32, 2));
    host.sync();
    const file = readFileSync(path);
    expect(marksOf(file)).toEqual([...marks(32, 2), ...marks(32, 1, 32), ...Array(32).fill("-")]);
  });

  it("reaches up to the highest block of an overwritable disc", async () => {
    const host = await fresh("dvd+rw");
    host.write(1000, blocksOf(2, 1));
    host.sync();
    expect(statSync(path).size).toBe(1008 * 2048);
  });

  it.each(["bd-r", "bd-r-pow", "dvd+rw"] as const)("is the same disc when it is opened again: %s", async (medium) => {
    const host = await fresh(medium);
    host.write(0, blocksOf(100, 1));
    if (medium !== "bd-r") host.write(10, blocksOf(30, 2));
    host.close(1, 1);
    host.close(2);
    const look = (one: Initiator): unknown => {
      const { lastTrack } = one.disc();
      const tracks = Array.from({ length: lastTrack }, (_, index) => one.track(index + 1));
      return [one.disc(), tracks, marksOf(discImage(one.recorder))];
    };
    const before = look(host);
    host.recorder.close();
    expect(look(await open())).toEqual(before);
  });

  it("has everything that was flushed, without being closed", async () => {
    const host = await fresh("bd-r-pow");
    host.write(0, blocksOf(64, 1));
    host.write(0, blocksOf(32, 2));
    host.sync();
    host.write(32, blocksOf(32, 3));
    const copy = await openCopy();
    expect(marksOf(copy.read(0, 64))).toEqual([...marks(32, 2), ...marks(32, 1, 32)]);
    expect(copy.track(1).nextWritable).toBe(96);
  });

  it("opens with any end of the state file missing: each change is there as a whole or not at all", async () => {
    const host = await fresh("bd-r-pow");
    host.write(0, blocksOf(64, 1));
    host.sync();
    const begin = statSync(`${path}.state`).size;
    host.write(0, blocksOf(32, 2));
    host.sync();
    host.close(1, 1);
    const whole = readFileSync(`${path}.state`);
    const states = new Set<string>();
    host.recorder.close();
    const sizes = Array.from({ length: whole.length - begin + 1 }, (_, index) => begin + index);
    // In the middle lie the blocks of a cluster.
    for (const size of sizes.filter((one) => one < begin + 150 || one > whole.length - 150 || one % 997 === 0)) {
      writeFileSync(`${path}.state`, whole.subarray(0, size));
      const recorder = await openDisc(path);
      const one = new Initiator(recorder);
      states.add(`${one.disc().lastTrack} ${one.track(one.disc().lastTrack).nextWritable}`);
      recorder.close();
    }
    expect([...states]).toEqual(["1 64", "1 96", "2 96"]);
  });

  it("finishes a replacement that is recorded but did not get into the disc file", async () => {
    const host = await fresh("bd-r-pow");
    host.write(0, blocksOf(64, 1));
    host.sync();
    const old = readFileSync(path);
    host.write(0, blocksOf(32, 2));
    host.sync();
    host.recorder.close();
    const torn = Buffer.concat([readFileSync(path).subarray(0, 5000), old.subarray(5000)]);
    writeFileSync(path, torn);
    const again = await open();
    expect(marksOf(again.read(0, 64))).toEqual([...marks(32, 2), ...marks(32, 1, 32)]);
    expect(marksOf(readFileSync(path).subarray(0, 64 * 2048))).toEqual([...marks(32, 2), ...marks(32, 1, 32)]);
  });

  it("drops what was written and never recorded", async () => {
    const host = await fresh("bd-r");
    host.write(0, blocksOf(32, 1));
    host.recorder.close();
    appendFileSync(path, blocksOf(10, 9));
    const again = await open();
    expect(statSync(path).size).toBe(32 * 2048);
    expect(again.track(1).nextWritable).toBe(32);
  });

  it("keeps its state file small through thousands of changes", async () => {
    const host = await fresh("bd-r-pow");
    host.write(0, blocksOf(32, 1));
    let largest = 0;
    for (let round = 0; round < 100; round++) {
      host.write(0, blocksOf(32, round + 2));
      host.sync();
      largest = Math.max(largest, statSync(`${path}.state`).size);
    }
    expect(largest).toBeLessThan(5 * 1024 * 1024);
    expect(statSync(`${path}.state`).size).toBeLessThan(largest);
    host.recorder.close();
    expect(marksOf((await open()).read(0, 32))).toEqual(marks(32, 101));
  });
});

describe("a disc file that cannot be used as it is", () => {
  it("is only read without its state file", async () => {
    const host = await fresh("bd-r-pow");
    host.write(0, blocksOf(40, 1));
    host.recorder.close();
    rmSync(`${path}.state`);
    const again = await open();
    expect(again.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3, sessions: 1, lastTrack: 1 });
    expect(marksOf(again.read(0, 40))).toEqual(marks(40, 1));
    expect(again.write(0, blocksOf(32, 2))).toBe("7/27/00");
    expect(again.sync()).toBe("good");
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("is not found when it is not there", async () => {
    await expect(openDisc(path)).rejects.toMatchObject({ code: "DEVICE_NOT_FOUND" });
    await expect(openDisc(folder)).rejects.toMatchObject({ code: "DEVICE_NOT_FOUND" });
    await createDisc(path, { medium: "bd-r" });
    rmSync(path);
    await expect(openDisc(path)).rejects.toMatchObject({ code: "DEVICE_NOT_FOUND" });
  });

  it("says so when it was made by a newer version", async () => {
    await createDisc(path, { medium: "bd-r" });
    const state = readFileSync(`${path}.state`, "latin1");
    writeFileSync(`${path}.state`, state.replace('"version":1', '"version":3'), "latin1");
    await expect(openDisc(path)).rejects.toMatchObject({ code: "DISC_FILE_VERSION" });
  });

  it.each([
    ["is empty", () => ""],
    ["is something else", () => "holiday photos\n"],
    ["has lost its first record", (state: string) => state.slice(0, state.indexOf("\n") + 1)],
    [
      "has another bit in its first record",
      (state: string) => state.replace('"sequential"', '"sequentiam"').replace("12219392", "12219393"),
    ],
  ])("says so when the state file %s", async (_what, damage) => {
    await createDisc(path, { medium: "bd-r" });
    writeFileSync(`${path}.state`, damage(readFileSync(`${path}.state`, "latin1")), "latin1");
    await expect(openDisc(path)).rejects.toMatchObject({ code: "DISC_FILE_DAMAGED" });
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it("says so when a record in the middle is damaged", async () => {
    const host = await fresh("bd-r");
    host.write(0, blocksOf(32, 1));
    host.sync();
    const middle = statSync(`${path}.state`).size - 20;
    host.write(32, blocksOf(32, 2));
    host.sync();
    host.recorder.close();
    const state = readFileSync(`${path}.state`);
    state[middle] = (state[middle] ?? 0) ^ 1;
    writeFileSync(`${path}.state`, state);
    await expect(openDisc(path)).rejects.toMatchObject({ code: "DISC_FILE_DAMAGED" });
  });

  it("says so when the disc file is shorter than what was recorded", async () => {
    const host = await fresh("bd-r");
    host.write(0, blocksOf(64, 1));
    host.recorder.close();
    truncateSync(path, 40 * 2048);
    await expect(openDisc(path)).rejects.toMatchObject({ code: "DISC_FILE_DAMAGED" });
  });
});

describe("the lock of a disc file", () => {
  it("keeps a second user out until the first is done", async () => {
    const host = await fresh("bd-r");
    await expect(openDisc(path)).rejects.toMatchObject({ code: "BUSY" });
    host.recorder.close();
    expect(existsSync(`${path}.lock`)).toBe(false);
    await open();
  });

  it.each([
    ["is gone", (lock: Record<string, unknown>) => ({ ...lock, pid: 2 ** 22 + 1 })],
    ["ended, and its number went to another process", (lock: Record<string, unknown>) => ({ ...lock, started: "1" })],
  ])("does not count when its holder %s", async (_what, change) => {
    const host = await fresh("bd-r");
    const lock = JSON.parse(readFileSync(`${path}.lock`, "utf8")) as Record<string, unknown>;
    host.recorder.close();
    writeFileSync(`${path}.lock`, JSON.stringify(change(lock)));
    await open();
  });

  it("counts when its holder is on another machine, of which nothing is known", async () => {
    const host = await fresh("bd-r");
    const lock = JSON.parse(readFileSync(`${path}.lock`, "utf8")) as Record<string, unknown>;
    host.recorder.close();
    writeFileSync(`${path}.lock`, JSON.stringify({ ...lock, host: "elsewhere" }));
    await expect(openDisc(path)).rejects.toMatchObject({ code: "BUSY" });
  });
});
