import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSessionRecord } from "@multisession/core";
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
}

/** Primary volume descriptor with the fields that tell sessions apart (ECMA-119, 8.4). */
function headOf({ root, volume, record }: HeadOptions): Uint8Array {
  const head = Buffer.alloc(2048);
  head.write("\u0001CD001\u0001", "latin1");
  head.writeUInt32LE(volume, 80);
  head.writeUInt32LE(root, 158);
  if (record !== undefined) {
    const [start, end] = record;
    const life = "ab".repeat(16);
    head.set(
      encodeSessionRecord({ life, nonce: "cd".repeat(8), time: 1, sequence: 1, start, end, trailerAt: start }),
      883,
    );
  }
  return head;
}

async function sessionsOf(blocks: number, heads: readonly HeadOptions[]): Promise<readonly number[]> {
  const bytes = new Uint8Array(blocks * 2048);
  for (const head of heads) bytes.set(headOf(head), head.at * 2048);
  writeFileSync(path, bytes);
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

  it("has one session when its head at the start belongs to a later one: it was overwritten in place", async () => {
    expect(await sessionsOf(512, [{ ...own(128, 250), at: 16 }, own(128, 250)])).toEqual([0, 512]);
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
