import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSessionRecord, roundUp } from "@multisession/core";
import { readToc, toc } from "@multisession/mmc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDisc } from "../src/index.ts";
import { Initiator } from "./support/initiator.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "data-only-"));
  path = join(folder, "a.disc");
});
afterEach(() => rmSync(folder, { recursive: true }));

interface HeadOptions {
  /** Where the head's block lies: its session's start and 16. */
  readonly at: number;
  readonly root: number;
  readonly volume: number;
  /** Our own record: first block of the session, and its exclusive end. */
  readonly record?: readonly [start: number, end: number];
  /** Of our own record; 0 in an empty volume. */
  readonly sequence?: number;
}

/** A directory of ISO 9660, as far as it says where it lies. */
interface Directory {
  readonly at: number;
  readonly extent: number;
}

const BD_R = 0x41;
const BD_RE = 0x43;

/** Primary volume descriptor with the fields that tell sessions apart (ECMA-119, 8.4). */
function headOf({ root, volume, record, sequence = 1 }: HeadOptions): Uint8Array {
  const head = Buffer.alloc(2048);
  head.write("\u0001CD001\u0001", "latin1");
  head.writeUInt32LE(volume, 80);
  head.writeUInt32LE(root, 158);
  if (record !== undefined) {
    const [start, end] = record;
    const life = "ab".repeat(16);
    head.set(
      encodeSessionRecord({ life, nonce: "cd".repeat(8), time: 1, sequence, start, end, trailerAt: start }),
      883,
    );
  }
  return head;
}

function writeDisc(blocks: number, heads: readonly HeadOptions[], directories: readonly Directory[] = []): void {
  const bytes = Buffer.alloc(blocks * 2048);
  for (const head of heads) bytes.set(headOf(head), head.at * 2048);
  for (const { at, extent } of directories) bytes.writeUInt32LE(extent, at * 2048 + 2);
  writeFileSync(path, bytes);
}

/** Profile of the medium that a file is taken for. */
async function profileOf(blocks: number, heads: readonly HeadOptions[]): Promise<number> {
  writeDisc(blocks, heads);
  const recorder = await openDisc(path);
  const { profile } = recorder.origin.state;
  recorder.close();
  return profile;
}

async function sessionsOf(
  blocks: number,
  heads: readonly HeadOptions[],
  directories?: readonly Directory[],
): Promise<readonly number[]> {
  writeDisc(blocks, heads, directories);
  const recorder = await openDisc(path);
  const host = new Initiator(recorder);
  expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3 });
  expect(recorder.access).toBe("data-only");
  const { entries } = toc.parse(host.data(readToc.build({ from: 1, allocationLength: 0xffff })));
  // A track is a session here, and each is closed.
  for (let track = 1; track < entries.length; track++) {
    expect(host.track(track)).toMatchObject({ sessionNumber: track, nextWritableValid: false, freeBlocks: 0 });
  }
  recorder.close();
  return entries.map(({ address }) => address);
}

const own = (start: number, end: number, root = start + 20): HeadOptions => ({
  ...{ at: start + 16, root, volume: end, record: [start, end] },
});

describe("a disc file without its state file", () => {
  it("has one session when nothing tells others", async () => {
    expect(await sessionsOf(256, [])).toEqual([0, 256]);
  });

  it("has the sessions that were recorded with us, also one that only shows older contents again", async () => {
    expect(await sessionsOf(512, [own(0, 100), own(128, 250), own(256, 300, 20)])).toEqual([0, 128, 256, 512]);
  });

  it("has the sessions of other programs, whether they count from the disc's start or the session's", async () => {
    const heads = [
      { at: 16, root: 20, volume: 100 },
      { at: 144, root: 150, volume: 90 },
      { at: 272, root: 280, volume: 350 },
    ];
    expect(await sessionsOf(512, heads)).toEqual([0, 128, 256, 512]);
  });

  it("has the sessions of a DVD, and of a CD, which begin anywhere behind the gap", async () => {
    expect(await sessionsOf(4096, [own(0, 32), own(2096, 2200)])).toEqual([0, 2096, 4096]);
    const cd = [own(0, 301), own(301 + 11_402, 12_100), own(12_100 + 6902, 19_050)];
    expect(await sessionsOf(19_104, cd)).toEqual([0, 11_703, 19_002, 19_104]);
  });

  it("does not take an image that is a file of a session for one", async () => {
    // One inside of what a session covers, and one in a session without a head, with its own addresses.
    const image = { at: 64 + 16, root: 20, volume: 40 };
    expect(await sessionsOf(256, [own(0, 200), { ...image, at: 112, root: 150 }])).toEqual([0, 256]);
    expect(await sessionsOf(256, [image])).toEqual([0, 256]);
    // The record of another place on a disc.
    expect(await sessionsOf(512, [own(0, 100), { ...own(32, 90), at: 256 + 16 }])).toEqual([0, 512]);
  });

  it.each([
    ["at the end of the first one", 100],
    ["a few blocks behind it", 103],
    ["behind the gap of a CD without the pregap", 100 + 11_250],
    ["behind the gap of a CD without what runs out", 100 + 11_400],
    ["behind the gap of a CD and the end of a block of 16", 112 + 11_400],
    ["behind the gap of a CD, and 150 blocks that do not count", 100 + 11_552],
    ["behind the gap of a later session", 100 + 6750],
    ["on a multiple of 16, far away", 32_000],
  ])("has a session %s", async (_, start) => {
    const end = roundUp(start + 64, 32);
    const second = { at: start + 16, root: start + 20, volume: 60 };
    expect(await sessionsOf(end, [{ at: 16, root: 20, volume: 100 }, second])).toEqual([0, start, end]);
    expect(await sessionsOf(end, [own(0, 100), own(start, start + 60)])).toEqual([0, start, end]);
  });

  it("has the session behind one whose size can be read in two ways", async () => {
    // 300 blocks of its own, or 100 of its own and the 200 before it.
    const second = { at: 200 + 16, root: 220, volume: 300 };
    for (const start of [300 + 11_400, 500 + 16_300]) {
      const heads = [{ at: 16, root: 20, volume: 100 }, second, { at: start + 16, root: start + 20, volume: 60 }];
      expect(await sessionsOf(roundUp(start + 64, 32), heads)).toEqual([0, 200, start, roundUp(start + 64, 32)]);
    }
  });

  it("does not take an image for a session whose root directory does not lie where it says", async () => {
    const heads = [
      { at: 16, root: 20, volume: 100 },
      { at: 216, root: 260, volume: 60 },
    ];
    expect(await sessionsOf(512, heads)).toEqual([0, 200, 512]);
    expect(await sessionsOf(512, heads, [{ at: 260, extent: 260 }])).toEqual([0, 200, 512]);
    expect(await sessionsOf(512, heads, [{ at: 260, extent: 60 }])).toEqual([0, 512]);
  });

  it("has one session when its head at the start belongs to a later one: it was overwritten in place", async () => {
    expect(await sessionsOf(512, [{ ...own(128, 250), at: 16 }, own(128, 250)])).toEqual([0, 512]);
  });

  const first = { at: 32 + 16, root: 52, volume: 30 };
  const second = { at: 64 + 16, root: 84, volume: 177 };
  const third = { at: 256 + 16, root: 280, volume: 31 };
  it.each([
    ["of one session of another program", [{ ...first, at: 16, volume: 62 }, first]],
    ["of three sessions of another program", [{ ...third, at: 16, volume: 287 }, first, second, third]],
    ["of our sessions", [{ ...own(64, 120), at: 16 }, own(32, 60), own(64, 120)]],
    ["of a session of ours behind a damaged one", [{ ...own(64, 120), at: 16 }, own(64, 120)]],
    ["of an empty volume, which gives up the sessions behind it", [{ ...own(0, 32), sequence: 0 }, own(32, 60)]],
  ])("is overwritten in place when its head leads to a chain %s", async (_, heads) => {
    expect(await profileOf(512, heads)).toBe(BD_RE);
  });

  it.each([
    ["a chain that does not lead to what the head shows", [{ at: 16, root: 20, volume: 287 }, first, second, third]],
    ["no head", [first, second, third]],
    ["a head of ours from another disc", [{ ...own(1024, 1100), at: 16 }]],
  ])("is a write-once disc with %s", async (_, heads) => {
    expect(await profileOf(512, heads)).toBe(BD_R);
  });

  it("does not stumble over an end that lies before its start", async () => {
    expect(await sessionsOf(512, [own(0, 0), own(128, 5), own(256, 0xffff_ffff)])).toEqual([0, 128, 256, 512]);
  });

  it("leaves time to others while a large one is searched", async () => {
    writeFileSync(path, "");
    truncateSync(path, 1_219_392 * 2048);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const recorder = await openDisc(path);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    expect(recorder.recordedEnd).toBe(1_219_392);
    recorder.close();
  });
});
