import { BLOCK_BYTES, type DiscRecorder, type Lba } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc, revertDisc } from "../src/index.ts";
import { allPlugins, insert, reopen } from "./discs.ts";
import { codeOf } from "./reading.ts";

/** Puts an MBR with a partition of these blocks in front of what is recorded. */
function mbr(area: Buffer, start: Lba, end: Lba): void {
  area[450] = 0xef;
  area.writeUInt32LE(4 * start, 454);
  area.writeUInt32LE(4 * (end - start), 458);
  area.writeUInt16LE(0xaa55, 510);
}

/** A GPT as xorriso writes it, its protective MBR included; the second of its entries is the partition. */
function gpt(area: Buffer, start: Lba, end: Lba): void {
  mbr(area, 0, 2 ** 20);
  area[450] = 0xee;
  area.write("EFI PART", 512, "latin1");
  area.writeBigUInt64LE(2n, 584);
  area.writeUInt32LE(248, 592);
  area.writeUInt32LE(128, 596);
  const entry = 1024 + 128;
  area.fill(0xab, entry, entry + 32);
  area.writeBigUInt64LE(BigInt(4 * start), entry + 32);
  area.writeBigUInt64LE(BigInt(4 * end - 1), entry + 40);
}

/** A disc with one session, and a table; `distance`: blocks from the end of the session to the partition. */
async function partitioned(table: typeof mbr, distance: number): Promise<DiscRecorder> {
  const { virtual, recorder } = await insert({ medium: "dvd+rw", capacity: 16_384 });
  const image = await FileSystemImage.open(recorder, allPlugins());
  await image.addBytes("/first.txt", Buffer.from("first"));
  await image.burn(await image.plan());
  const end = image.base?.end ?? 0;
  const area = Buffer.alloc(16 * BLOCK_BYTES);
  table(area, end + distance, end + distance + 100);
  await recorder.write(0, area);
  await recorder.flush();
  await recorder.close();
  return reopen(virtual);
}

async function codeOfAppending(recorder: DiscRecorder): Promise<string> {
  const image = await FileSystemImage.open(recorder, allPlugins());
  await image.addBytes("/second.txt", Buffer.alloc(20 * BLOCK_BYTES, 2));
  return codeOf(async () => image.burn(await image.plan()));
}

describe.each([
  ["an MBR", mbr],
  ["a GPT", gpt],
])("a session on a disc with %s", (_, table) => {
  it.each([
    ["behind the volume, where the session would be", 0],
    ["a little further on", 40],
  ])("is refused while a partition lies %s", async (__, distance) => {
    expect(await codeOfAppending(await partitioned(table, distance))).toBe("FOREIGN_CONTENT");
  });

  it.each([
    ["inside the volume", -20],
    ["far behind the session", 5000],
  ])("is recorded where the partition lies %s", async (__, distance) => {
    expect(await codeOfAppending(await partitioned(table, distance))).toBe("no error");
  });
});

it("an older session is not made the newest over a partition", async () => {
  const recorder = await partitioned(mbr, 5000);
  await codeOfAppending(recorder);
  const end = (await openDisc(recorder, allPlugins())).state().end;
  const area = Buffer.from(await recorder.read(0, 16));
  mbr(area, end, end + 10);
  await recorder.write(0, area);
  await recorder.flush();
  expect(await codeOf(() => revertDisc(recorder, allPlugins(), 1))).toBe("FOREIGN_CONTENT");
});

it("a disc can be begun anew where a partition lies behind the volume", async () => {
  const recorder = await partitioned(mbr, 0);
  const image = await FileSystemImage.open(recorder, allPlugins(), { isNewVolume: true });
  await image.addBytes("/new.txt", Buffer.alloc(40 * BLOCK_BYTES));
  const report = await image.burn(await image.plan({ consent: ["give-up-sessions"] }));
  expect(report.outcome).toBe("done");
});

it("a session says what it lacks because a folder on the disc is damaged", async () => {
  const { virtual, recorder } = await insert({ medium: "dvd+rw", capacity: 16_384 });
  const image = await FileSystemImage.open(recorder, allPlugins());
  for (let index = 0; index < 60; index += 1) await image.addBytes(`/many/file ${index}`, Buffer.from("x"));
  await image.burn(await image.plan());
  const volume = await FileSystemImage.open(recorder, allPlugins());
  const start = (volume.base?.start ?? 0) + 16;
  const blocks = await recorder.read(start, 32);
  // The second block of the folder: records that begin it have no dots.
  const index = Array.from({ length: 32 }, (_, block) =>
    Buffer.from(blocks).subarray(2048 * block, 2048 * (block + 1)),
  ).findIndex((block) => block.includes("FILE_30"));
  const unit = Math.floor((start + index) / 16) * 16;
  const damaged = Buffer.from(await recorder.read(unit, 16));
  damaged.fill(0, (start + index - unit) * BLOCK_BYTES, (start + index - unit + 1) * BLOCK_BYTES);
  await recorder.write(unit, damaged);
  await recorder.flush();
  await recorder.close();
  const again = await FileSystemImage.open(await reopen(virtual), allPlugins());
  await again.addBytes("/more.txt", Buffer.from("more"));
  const { notes } = await again.plan();
  expect(notes[0]).toMatch(
    new RegExp(`^1 fault was found on the disc; .* missing in this session too\\. Block ${start + index}: `),
  );
});
