import type { Track } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { MediumReader } from "../src/medium-reader.ts";
import { mediumOf, readerOf } from "./media.ts";

const track = (parts: Partial<Track>): Track => ({
  number: 1,
  session: 1,
  start: 0,
  size: 0,
  state: "closed",
  free: 0,
  ...parts,
});

describe("the end of a medium", () => {
  it.each([
    ["its capacity", { capacity: 4096 }, 4096],
    ["a track that reaches further", { capacity: 100, tracks: [track({ start: 90, size: 20 })] }, 110],
    ["what was recorded last", { capacity: 100, tracks: [track({ start: 90, lastRecorded: 120 })] }, 121],
    ["not known without a size", { capacity: 0, tracks: [] }, 2 ** 32],
    [
      "not known with a written track without a size",
      { capacity: 100, tracks: [track({ state: "damaged" })] },
      2 ** 32,
    ],
  ])("is %s", (_, parts, end) => {
    const medium = mediumOf({ tracks: [], ...parts });
    expect(new MediumReader(readerOf(medium), medium).end).toBe(end);
  });
});

describe("a reader of a medium", () => {
  const medium = mediumOf({ tracks: [], capacity: 100 });

  it("asks the drive for the last block", async () => {
    const drive = readerOf(medium);
    expect(await new MediumReader(drive, medium).read(98, 2)).toHaveLength(4096);
    expect(drive.reads).toEqual([98, 99]);
  });

  it.each([
    [99, 2, 100],
    [100, 1, 100],
    [16_777_264, 16, 16_777_264],
    [0, 2 ** 31, 100],
    [0xffff_fff0, 32, 0xffff_fff0],
    [2 ** 32, 1, 2 ** 32],
  ])("refuses what is not on it and asks no drive: %d, %d blocks", async (at, blocks, first) => {
    const drive = readerOf(medium);
    await expect(new MediumReader(drive, medium).read(at, blocks)).rejects.toMatchObject({
      code: "READ_FAILED",
      subject: `block ${first}`,
    });
    expect(drive.reads).toEqual([]);
  });
});
