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
  readCapacity,
  sendCueSheet,
  writeParametersPage,
  writeTypes,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder } from "../src/index.ts";
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

function cues(start: number, blocks: number, dataForm = 0x10): CueEntry[] {
  const entry = (track: number, index: number, form: number, lba: number): CueEntry =>
    cueEntry.parse(cueEntry.build({ control: 4, track, index, dataForm: form, serialCopy: 0, address: msfOf(lba) }));
  return [
    entry(0, 0, 0x14, -150),
    entry(1, 0, dataForm, start - 150),
    entry(1, 1, dataForm, start),
    entry(LEAD_OUT, 1, 0x14, start + blocks),
  ];
}

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

    const { start } = host.track(2);
    expect(sendCues(host, cues(start, 400))).toBe("good");
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
    // The lead-out lies behind two run-out blocks.
    expect(capacityData.parse(host.data(readCapacity.build({}))).lastLba).toBe(321);
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

  it("takes no block beyond its lead-out, and none before its pregap", () => {
    const host = hostOf();
    setPage(host);
    sendCues(host, cues(0, 320));
    expect(host.write(-151, blocksOf(1, 1))).toMatch(/^5\/21\/00/);
    record(host, 0, 320, 1);
    expect(host.write(320, blocksOf(1, 1))).toMatch(/^5\//);
  });

  it.each<[string, CueEntry[]]>([
    ["audio", cues(0, 320, 0x00)],
    ["another start than the next writable address", cues(16, 320)],
    ["a lead-out before its track", cues(0, 0)],
    ["a lead-out behind the end of the disc", cues(0, 400_000)],
    ["no lead-in", cues(0, 320).slice(1)],
    ["two tracks", [...cues(0, 320), ...cues(320, 320)]],
  ])("is refused with %s", (_, entries) => {
    const host = hostOf();
    setPage(host);
    expect(sendCues(host, entries)).toBe("5/26/02");
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
