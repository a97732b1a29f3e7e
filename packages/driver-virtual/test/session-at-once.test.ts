import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CueEntry,
  capacityData,
  configuration,
  cueEntry,
  cueSheet,
  dataBlockTypes,
  features,
  getConfiguration,
  LEAD_OUT,
  modeData,
  modeSelect10,
  msfOf,
  parseSense,
  readCapacity,
  readToc,
  sendCueSheet,
  toc,
  writeParametersPage,
  writeTypes,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { checkDisc, createDisc, createVirtualRecorder, openDisc } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const hostOf = (): Initiator => new Initiator(createVirtualRecorder({ medium: "cd-r" }));

interface Page {
  readonly writeType?: number;
  readonly multisession?: number;
  readonly dataBlockType?: number;
}

function setPage(
  host: Initiator,
  { writeType = writeTypes.sessionAtOnce, multisession = 3, dataBlockType = 0 }: Page = {},
): string {
  const list = modeData
    .build({ mediumType: 0, pages: [writeParametersPage.build({ writeType, multisession, dataBlockType })] })
    .fill(0, 0, 2);
  return host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list);
}

/** What wodim and libburn send for one data track (captured from both: the same bytes, for blocks 0 to 300). */
const captured = "41000014000000004101001000000000410101100000020041aa011400000600";

const entry = (track: number, index: number, form: number, lba: number): CueEntry =>
  cueEntry.parse(cueEntry.build({ control: 4, track, index, dataForm: form, serialCopy: 0, address: msfOf(lba) }));

function cues(start: number, blocks: number, dataForm = 0x10, track = 1): CueEntry[] {
  return [
    entry(0, 0, 0x14, -150),
    entry(track, 0, dataForm, start - 150),
    entry(track, 1, dataForm, start),
    entry(LEAD_OUT, 1, 0x14, start + blocks),
  ];
}

/** Three data tracks of 300, 320 and 340 blocks: a pregap of 150 before the second, none before the third. */
const threeTracks = [
  ...cues(0, 0).slice(0, 3),
  entry(2, 0, 0x14, 300),
  entry(2, 1, 0x10, 450),
  entry(3, 1, 0x10, 770),
  // A mark inside the last one.
  entry(3, 2, 0x10, 800),
  entry(LEAD_OUT, 1, 0x14, 1110),
];

function sendCues(host: Initiator, entries: readonly CueEntry[]): string {
  const sheet = cueSheet.build(entries);
  return host.send(sendCueSheet.build({ size: sheet.length }), sheet);
}

/** Sends the pregap and the track as programs do: pieces of 31 blocks from block -150 of the track on. */
function record(host: Initiator, start: number, blocks: number, mark: number): void {
  const data = Buffer.concat([new Uint8Array(150 * 2048), blocksOf(blocks, mark)]);
  for (let at = 0; at < 150 + blocks; at += 31) {
    const piece = data.subarray(at * 2048, (at + 31) * 2048);
    expect(host.write(start - 150 + at, piece), `${at}`).toBe("good");
  }
}

describe("a session that is recorded at once on a CD", () => {
  it("is described by the cue sheet that wodim and xorriso send", () => {
    expect(Buffer.from(cueSheet.build(cues(0, 300))).toString("hex")).toBe(captured);
  });

  it("is complete with SYNCHRONIZE CACHE behind its last block, and another can follow", () => {
    const host = hostOf();
    setPage(host);
    expect(sendCues(host, cues(0, 320))).toBe("good");
    record(host, 0, 320, 1);
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1, sessions: 1 });
    expect(host.sync()).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 0, sessions: 2 });
    expect(marksOf(host.read(0, 320))).toEqual(marks(320, 1));

    // No run-out blocks: 6750 of lead-out, 4500 of lead-in, 150 of pregap.
    const { start } = host.track(2);
    expect(start).toBe(320 + 11_400);
    expect(sendCues(host, cues(start, 400, 0x10, 2))).toBe("good");
    record(host, start, 400, 2);
    host.sync();
    expect(host.disc()).toMatchObject({ discStatus: 1, sessions: 3 });
    expect(marksOf(host.read(start, 400))).toEqual(marks(400, 2));
  });

  it("closes the disc when the page allows no other session", () => {
    const host = hostOf();
    setPage(host, { multisession: 0 });
    sendCues(host, cues(0, 320));
    record(host, 0, 320, 1);
    host.sync();
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3 });
    expect(sendCues(host, cues(0, 320))).toBe("7/27/00");
    // Nothing runs out behind it.
    expect(capacityData.parse(host.data(readCapacity.build({}))).lastLba).toBe(319);
  });

  it("stays open while blocks are missing", () => {
    const host = hostOf();
    setPage(host);
    sendCues(host, cues(0, 320));
    expect(host.write(0, blocksOf(100, 1))).toBe("good");
    host.sync();
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1 });
    expect(host.write(100, blocksOf(220, 2))).toBe("good");
    host.sync();
    expect(host.disc()).toMatchObject({ lastSessionState: 0, sessions: 2 });
  });

  it("has as many data tracks as its cue sheet says, with their pregaps", () => {
    const host = hostOf();
    setPage(host);
    expect(sendCues(host, threeTracks)).toBe("good");
    record(host, 0, 1110, 1);
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1, lastTrack: 3 });
    expect(host.sync()).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 0, sessions: 2, lastTrack: 4 });
    const tracks = [1, 2, 3, 4].map((number) => host.track(number));
    expect(tracks.map(({ sessionNumber, start, size }) => [sessionNumber, start, size])).toEqual([
      [1, 0, 300],
      [1, 450, 320],
      [1, 770, 340],
      [2, 1110 + 11_400, 359_844 - 1110 - 11_400],
    ]);
    expect(marksOf(host.read(0, 300))).toEqual(marks(300, 1));
    expect(marksOf(host.read(450, 660))).toEqual(marks(660, 1, 450));
    // A pregap between tracks cannot be read.
    expect(host.read(299, 2)).toBe("5/64/00@300");
    const list = toc.parse(host.data(readToc.build({ allocationLength: 804 }))).entries;
    expect(list.map(({ track, address }) => [track, address])).toEqual([
      [1, 0],
      [2, 450],
      [3, 770],
      [LEAD_OUT, 1110],
    ]);
  });

  it("keeps its tracks in a disc file, and those that were whole when the power went", async () => {
    const folder = mkdtempSync(join(tmpdir(), "session-at-once-"));
    try {
      const path = join(folder, "three.disc");
      await createDisc(path, { medium: "cd-r" });
      const host = new Initiator(await openDisc(path));
      setPage(host);
      sendCues(host, threeTracks);
      record(host, 0, 600, 1);
      host.recorder.powerCut();
      host.recorder.close();
      const again = new Initiator(await openDisc(path));
      expect(again.track(1)).toMatchObject({ start: 0, size: 300, nextWritableValid: false });
      expect(marksOf(again.read(0, 300))).toEqual(marks(300, 1));
      again.recorder.close();
      expect((await checkDisc(path)).checks.filter(({ outcome }) => outcome === "bad")).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is refused a track before the one in front of it is whole", () => {
    const host = hostOf();
    setPage(host);
    sendCues(host, threeTracks);
    expect(host.write(0, blocksOf(299, 1))).toBe("good");
    expect(host.write(450, blocksOf(1, 1))).toBe("5/21/02@450");
    expect(host.write(299, blocksOf(1, 1))).toBe("good");
    expect(host.write(450, blocksOf(1, 1))).toBe("good");
  });

  it("takes no block beyond its lead-out, and none before its pregap", () => {
    const host = hostOf();
    setPage(host);
    sendCues(host, cues(0, 320));
    expect(host.write(-151, blocksOf(1, 1))).toMatch(/^5\/21\/00/);
    record(host, 0, 320, 1);
    expect(host.write(320, blocksOf(1, 1))).toMatch(/^5\//);
  });

  const changed = (line: number, values: Partial<CueEntry>): CueEntry[] =>
    threeTracks.map((cue, index) => (index === line ? { ...cue, ...values } : cue));
  it.each<[string, CueEntry[], string]>([
    ["audio", changed(2, { dataForm: 0x00, control: 0 }), "19"],
    ["data that CONTROL does not call so", changed(2, { control: 0 }), "16 bit 7"],
    ["data of Mode 2", changed(2, { dataForm: 0x20 }), "19"],
    ["audio in a later track", changed(4, { dataForm: 0x00 }), "35"],
    ["addresses that are none", changed(2, { adr: 2 }), "16 bit 3"],
    ["CD-Text in its lead-in", changed(0, { dataForm: 0x41 }), "3"],
    ["another start than the next writable address", cues(16, 320), "21"],
    ["a pregap that is not one", changed(1, { address: msfOf(-140) }), "21"],
    ["a start that is not behind its pregap", changed(2, { address: msfOf(10) }), "21"],
    ["a track of less than 300 blocks", changed(3, { address: msfOf(299) }), "37"],
    ["a track that begins before its pregap", changed(4, { address: msfOf(299) }), "37"],
    ["a lead-out before its track", cues(0, 0), "29"],
    ["a lead-out behind the end of the disc", cues(0, 400_000), "29"],
    ["no lead-in", threeTracks.slice(1), "1"],
    ["no lead-out", threeTracks.slice(0, -1), "49"],
    ["no track", [entry(0, 0, 0x14, -150), entry(LEAD_OUT, 1, 0x14, 320)], "9"],
    ["a number left out", changed(4, { track: 3 }), "33"],
    ["another number than the next one", cues(0, 320, 0x10, 2), "9"],
    ["more behind its lead-out", [...cues(0, 320), ...cues(320, 320)], "33"],
  ])("is refused with %s, and the field is named", (_, entries, place) => {
    const host = hostOf();
    setPage(host);
    const sheet = cueSheet.build(entries);
    const { sense } = host.recorder.run({ cdb: sendCueSheet.build({ size: sheet.length }), dataOut: sheet });
    const { key, asc, ascq, field } = parseSense(sense ?? new Uint8Array());
    expect([key, asc, ascq]).toEqual([5, 0x26, 0x02]);
    expect(field?.in).toBe("data");
    expect(`${field?.byte}${field?.bit === undefined ? "" : ` bit ${field.bit}`}`).toBe(place);
    expect(host.write(0, blocksOf(1, 1))).toBe("5/64/00");
  });

  it("needs a cue sheet of whole lines, at its time, on a CD", () => {
    const host = hostOf();
    expect(sendCues(host, cues(0, 320))).toBe("5/2c/00");
    setPage(host);
    expect(host.send(sendCueSheet.build({ size: 12 }), new Uint8Array(12))).toBe("5/24/00");
    expect(host.send(sendCueSheet.build({ size: 32 }), new Uint8Array(8))).toBe("5/1a/00");
    const dvd = new Initiator(createVirtualRecorder({ medium: "dvd-r" }));
    expect(sendCues(dvd, cues(0, 320))).toBe("5/30/00");
  });

  it("is forgotten when the disc is taken out", () => {
    const host = hostOf();
    setPage(host);
    sendCues(host, cues(0, 320));
    host.send(Uint8Array.from([0x1b, 0, 0, 0, 2, 0]));
    host.send(Uint8Array.from([0x1b, 0, 0, 0, 3, 0]));
    host.ready();
    expect(host.write(0, blocksOf(1, 1))).toBe("5/64/00");
  });
});

describe("a recorder of CDs", () => {
  it("says that it records sessions at once", () => {
    const { features: known } = configuration.parse(
      hostOf().data(getConfiguration.build({ requestType: 1, allocationLength: 1024 })),
    );
    const mastering = known.find(({ code }) => code === features.mastering.code);
    expect(mastering && features.mastering.read(mastering)).toMatchObject({ sessionAtOnce: true, raw: false });
  });

  it.each([
    ["packets", writeTypes.packet, dataBlockTypes.mode1, "good"],
    ["track at once", writeTypes.trackAtOnce, dataBlockTypes.mode1, "good"],
    ["session at once", writeTypes.sessionAtOnce, dataBlockTypes.raw, "good"],
    ["session at once with sub-channels", writeTypes.sessionAtOnce, 3, "5/26/00"],
    ["raw", writeTypes.raw, 1, "5/26/00"],
    ["layer jumps", writeTypes.layerJump, dataBlockTypes.mode1, "5/26/00"],
  ])("answers MODE SELECT for %s", (_, writeType, dataBlockType, answer) => {
    expect(setPage(hostOf(), { writeType, dataBlockType })).toBe(answer);
  });
});
