import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeFrame } from "../src/disc-file/frames.ts";
import type { StateDocument } from "../src/disc-file/state-document.ts";
import { checkDisc, createDisc, type DiscCheck, openDisc, virtualMedia } from "../src/index.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "check-disc-"));
  path = join(folder, "backup.disc");
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Makes the state file anew, with a state that was changed. */
function rewriteState(
  change: (document: { -readonly [Key in keyof StateDocument]: StateDocument[Key] }) => void,
): void {
  const file = `${path}.state`;
  const bytes = readFileSync(file);
  const line = bytes.subarray(0, bytes.indexOf("\n") + 1);
  const { id } = JSON.parse(line.toString()) as { readonly id: string };
  const length = bytes.readUInt32BE(line.length + 8);
  const document = JSON.parse(bytes.subarray(line.length + 20, line.length + 20 + length).toString());
  change(document);
  writeFileSync(file, Buffer.concat([line, encodeFrame(id, 1, JSON.stringify(document))]));
}

async function faults(): Promise<readonly DiscCheck[]> {
  const { isSound, checks } = await checkDisc(path);
  const bad = checks.filter(({ outcome }) => outcome === "bad");
  expect(isSound).toBe(bad.length === 0);
  return bad;
}

/** A BD-R with pseudo-overwrite, 64 blocks of which the first cluster was replaced. */
async function replaced(): Promise<void> {
  await createDisc(path, { medium: "bd-r-pow", capacity: 4096 });
  const recorder = await openDisc(path);
  const initiator = new Initiator(recorder);
  initiator.write(0, blocksOf(64, 1));
  initiator.sync();
  initiator.write(0, blocksOf(32, 2));
  initiator.sync();
  recorder.close();
}

describe.each(virtualMedia)("$id", ({ id, minimum }) => {
  it("is sound as it is made, and checking it changes nothing", async () => {
    await createDisc(path, { medium: id, capacity: minimum });
    const before = readFileSync(`${path}.state`);
    const { isSound, checks } = await checkDisc(path);
    expect(checks.filter(({ outcome }) => outcome !== "good")).toEqual([]);
    expect(isSound).toBe(true);
    expect(readFileSync(`${path}.state`).equals(before)).toBe(true);
  });

  it("is sound at its full size", async () => {
    await createDisc(path, { medium: id });
    expect(await faults()).toEqual([]);
  });
});

describe("a disc with pseudo-overwrite", () => {
  beforeEach(replaced);

  it("is sound after a replacement", async () => {
    const { checks, isSound } = await checkDisc(path);
    expect(checks.map(({ outcome }) => outcome)).toEqual(checks.map(() => "good"));
    expect(isSound).toBe(true);
  });

  it("tells what opening it would finish: a record that was cut, a cluster that is not at its place", async () => {
    appendFileSync(`${path}.state`, "REC:");
    const bytes = readFileSync(path);
    bytes.fill(0, 0, 2048);
    writeFileSync(path, bytes);
    const { checks, isSound } = await checkDisc(path);
    expect(isSound).toBe(true);
    expect(checks.filter(({ outcome }) => outcome === "note").map(({ check }) => check)).toEqual(["journal", "data"]);
    (await openDisc(path)).close();
    expect((await checkDisc(path)).checks.every(({ outcome }) => outcome === "good")).toBe(true);
  });

  it.each<[string, DiscCheck["check"], Parameters<typeof rewriteState>[0]]>([
    [
      "more blocks than it has",
      "numbers",
      (state) => {
        state.blocks = state.mediumBlocks + 32;
      },
    ],
    [
      "a track behind its end",
      "tracks",
      (state) => {
        state.tracks = [[1, 0, state.blocks + 32, 96, "open", false]];
      },
    ],
    [
      "tracks that overlap",
      "tracks",
      (state) => {
        state.tracks = [
          [1, 0, 96, 96, "closed", false],
          [1, 64, 64, 64, "invisible", false],
        ];
      },
    ],
    [
      "a next address outside its track",
      "next-addresses",
      (state) => {
        state.tracks = [[1, 0, 96, 128, "open", false]];
      },
    ],
    [
      "a track of a kind that there is not",
      "next-addresses",
      (state) => {
        state.tracks = [[1, 0, 96, 96, "half" as "open", false]];
      },
    ],
    [
      "sessions out of order",
      "sessions",
      (state) => {
        state.tracks = [[3, 0, 96, 96, "open", false]];
      },
    ],
    [
      "an open track in a closed session",
      "sessions",
      (state) => {
        state.closedSessions = 1;
      },
    ],
    [
      "a replacement that was not used up",
      "replacements",
      (state) => {
        state.orphans = [];
      },
    ],
    [
      "two clusters with one replacement",
      "replacements",
      (state) => {
        state.map = [
          [0, 64],
          [32, 64],
        ];
      },
    ],
    [
      "a replaced cluster that was never recorded",
      "replacements",
      (state) => {
        state.map = [[1024, 64]];
      },
    ],
    [
      "a torn block outside the disc",
      "unreadable",
      (state) => {
        state.unreadable = [9_999_999];
      },
    ],
  ])("finds %s", async (_name, check, change) => {
    rewriteState((state) => {
      state.tracks = [[1, 0, state.blocks, 96, "open", false]];
      state.map = [[0, 64]];
      state.orphans = [64];
      change(state);
    });
    expect((await faults()).map((fault) => fault.check)).toContain(check);
  });

  it("finds a disc file that is too short, as opening it does", async () => {
    truncateSync(path, 2048);
    expect((await faults()).map(({ check }) => check)).toEqual(["data"]);
    await expect(openDisc(path)).rejects.toMatchObject({ code: "DISC_FILE_DAMAGED" });
  });

  it("finds a journal with a damaged record", async () => {
    const bytes = readFileSync(`${path}.state`);
    bytes[bytes.indexOf("REC:") + 30] = 0;
    writeFileSync(`${path}.state`, bytes);
    expect((await faults()).map(({ check }) => check)).toEqual(["journal"]);
  });

  it("finds a state file of a later version, and one that is none", async () => {
    writeFileSync(`${path}.state`, '{"format":"multisession-disc","version":9,"id":"0123456789abcdef"}\n');
    expect((await faults()).map(({ check }) => check)).toEqual(["format"]);
    writeFileSync(`${path}.state`, "something else");
    expect((await faults()).map(({ check }) => check)).toEqual(["format"]);
  });

  it("says nothing of a disc that somebody has open", async () => {
    const recorder = await openDisc(path);
    await expect(checkDisc(path)).rejects.toMatchObject({ code: "BUSY" });
    recorder.close();
  });

  it("tells of a lock that was left over", async () => {
    const lock = { pid: 2 ** 22 + 1, started: "1", host: (await import("node:os")).hostname(), token: "00" };
    writeFileSync(`${path}.lock`, JSON.stringify(lock));
    expect((await checkDisc(path)).checks[0]).toMatchObject({ check: "lock", outcome: "note" });
  });

  it("takes blocks without a state file for a disc that is only read", async () => {
    copyFileSync(path, join(folder, "alone.disc"));
    const { isSound, checks } = await checkDisc(join(folder, "alone.disc"));
    expect(isSound).toBe(true);
    expect(checks.map(({ check, outcome }) => `${check}: ${outcome}`)).toEqual([
      "lock: good",
      "format: note",
      "data: good",
    ]);
  });
});
