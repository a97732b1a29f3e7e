import {
  blank,
  capacityData,
  configuration,
  dataBlockTypes,
  formatCapacities,
  getConfiguration,
  modeData,
  modeSelect10,
  openMmcRecorder,
  rawToc,
  readCapacity,
  readFormatCapacities,
  readToc,
  readTrackInformation,
  sendCueSheet,
  tocPoints,
  writeParametersPage,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type VirtualRecorderOptions } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

type Page = Partial<ReturnType<typeof writeParametersPage.parse>>;
/** What cdrwtool sets. */
const packets: Page = { writeType: 0, fixedPacket: true, packetSize: 32, linkSizeValid: true, linkSize: 7 };

function setPage(host: Initiator, page: Page): void {
  const built = writeParametersPage.build({ multisession: 3, dataBlockType: dataBlockTypes.mode1, ...page });
  const list = modeData.build({ mediumType: 0, pages: [built] }).fill(0, 0, 2);
  expect(host.send(modeSelect10.build({ parameterLength: list.length }), list)).toBe("good");
}

/** A whole CD-RW with a page that is set, not yet formatted. */
function hostOf(page: Page = packets, options: Partial<VirtualRecorderOptions> = {}): Initiator {
  const host = new Initiator(createVirtualRecorder({ medium: "cd-rw", ...options }));
  setPage(host, page);
  return host;
}

function formatted(page: Page = packets, blocks = 0): Initiator {
  const host = hostOf(page);
  expect(host.format(0x10, 0, blocks)).toBe("good");
  return host;
}

const listOf = (host: Initiator): ReturnType<typeof formatCapacities.parse> =>
  formatCapacities.parse(host.data(readFormatCapacities.build({ allocationLength: 252 })));
const featuresOf = (host: Initiator): readonly number[] =>
  configuration
    .parse(host.data(getConfiguration.build({ requestType: 1, allocationLength: 4096 })))
    .features.map(({ code }) => code);
const endOf = (host: Initiator): number => capacityData.parse(host.data(readCapacity.build({}))).lastLba + 1;

describe("a CD-RW that is formatted with fixed packets", () => {
  it("answers READ TRACK INFORMATION to the byte as one that cdrwtool formatted in Mode 2", () => {
    const host = formatted({ ...packets, dataBlockType: dataBlockTypes.xaForm1 });
    const reply = host.hex(readTrackInformation.build({ addressType: 1, number: 1, allocationLength: 34 }));
    // Captured; the length that it tells covers two bytes more than the 34 of that reply.
    expect(reply).toBe(
      "0022010100 07b2 00 00000000 00000000 00000000 00000020 00048160 00000000 0000".replaceAll(" ", ""),
    );
  });

  it("is one track in Mode 1 where the page says so, complete and erasable", () => {
    const host = formatted();
    expect(host.track(1)).toMatchObject({
      packet: true,
      fixedPacket: true,
      dataMode: 1,
      packetSize: 32,
      size: 295_264,
    });
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3, sessions: 1, erasable: true, discType: 0 });
    expect(endOf(host)).toBe(295_264);
    expect(featuresOf(host)).toEqual(expect.arrayContaining([0x1d, 0x21, 0x23, 0x26]));
    expect(featuresOf(host)).not.toContain(0x20);
    expect(featuresOf(hostOf())).not.toContain(0x26);
  });

  it("counts addresses without the seven blocks that link packets, and times with them", () => {
    const host = formatted(packets, 320);
    const entries = rawToc.parse(host.data(readToc.build({ format: 2, allocationLength: 804 }))).entries;
    const leadOut = entries.find(({ point }) => point === tocPoints.leadOut);
    // 10 packets of 39 blocks, less the five of the first that lie in the pregap; block 0 is at 00:02:00.
    const frames = 150 + 10 * 39 - 5;
    expect(leadOut?.pointTime).toBe((Math.floor(frames / 75) << 8) | (frames % 75));
    expect(host.data(readToc.build({ allocationLength: 804 })).at(-1)).toBe(320 & 0xff);
  });

  it("is overwritten anywhere, in whole packets", () => {
    const host = formatted();
    expect(host.write(0, blocksOf(96, 1))).toBe("good");
    expect(host.write(295_232, blocksOf(32, 2))).toBe("good");
    expect(host.write(32, blocksOf(32, 3))).toBe("good");
    for (const sync of [false, true]) {
      if (sync) expect(host.sync()).toBe("good");
      expect(marksOf(host.read(0, 96))).toEqual([...marks(32, 1), ...marks(32, 3), ...marks(32, 1, 64)]);
      expect(marksOf(host.read(295_232, 32))).toEqual(marks(32, 2));
      expect(marksOf(host.read(96, 2))).toEqual(["-", "-"]);
    }
    expect(host.write(16, blocksOf(32, 4))).toBe("5/24/00@16");
    expect(host.write(32, blocksOf(16, 4))).toBe("5/24/00@32");
    expect(host.write(295_232, blocksOf(64, 4))).toBe("5/21/00@295232");
    // A flush ends no track, and there is nothing to close.
    expect(host.write(0, blocksOf(32, 5))).toBe("good");
    for (const fn of [1, 2]) expect(host.close(fn, 1)).toBe("good");
    expect(host.write(0, blocksOf(32, 6))).toBe("good");
  });

  it.each<[string, Page, string]>([
    ["one track at once", { ...packets, writeType: 1 }, "5/64/00"],
    ["packets of any size", { ...packets, fixedPacket: false }, "5/64/01"],
    ["packets of 16 blocks", { ...packets, packetSize: 16 }, "5/64/01"],
    ["tracks of the other mode", { ...packets, dataBlockType: dataBlockTypes.xaForm1 }, "5/64/00"],
    ["a session at once", { ...packets, writeType: 2 }, "5/64/00"],
  ])("takes no WRITE while the page asks for %s", (_, page, refusal) => {
    const host = formatted();
    setPage(host, page);
    expect(host.write(0, blocksOf(32, 1))).toBe(refusal);
    setPage(host, packets);
    expect(host.write(0, blocksOf(32, 1))).toBe("good");
  });

  it("takes no cue sheet and no reservation", () => {
    const host = formatted();
    setPage(host, { ...packets, writeType: 2 });
    expect(host.send(sendCueSheet.build({ size: 32 }), new Uint8Array(32))).toBe("5/30/00");
    expect(host.reserve(32)).toBe("5/30/00");
  });

  it("lists what can be done to it: format, grow, and add a session where there is room", () => {
    const list = (host: Initiator): readonly unknown[] =>
      listOf(host).formats.map(({ type, blocks, parameter }) => [type, blocks, parameter]);
    expect(list(hostOf())).toEqual([[0x10, 295_264, 0x20]]);
    expect(list(formatted())).toEqual([
      [0x10, 295_264, 0x20],
      [0x11, 0, 0x20],
    ]);
    // 100 packets of 39 blocks, less five; then lead-out, lead-in and pregap of 11400, and a multiple of 32. The disc ends
    // at 359849.
    const second = Math.ceil((3900 - 5 + 11_400) / 32) * 32;
    expect(list(formatted(packets, 3200))).toEqual([
      [0x10, 295_264, 0x20],
      [0x11, 295_264 - 3200, 0x20],
      [0x12, Math.floor((359_849 - second + 5) / 39) * 32, 0x20],
    ]);
  });

  it("gets sessions behind each other, each with packets of its own", () => {
    const host = formatted(packets, 3200);
    host.write(0, blocksOf(32, 1));
    host.sync();
    expect(host.format(0x11, 0, 320)).toBe("good");
    expect(host.track(1)).toMatchObject({ size: 3520 });
    expect(host.format(0x12, 0, 33)).toBe("good");
    const second = Math.ceil(((3520 / 32) * 39 - 5 + 11_400) / 32) * 32;
    expect(host.track(2)).toMatchObject({ sessionNumber: 2, start: second, size: 64, fixedPacket: true });
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3, sessions: 2, lastTrack: 2 });
    expect(endOf(host)).toBe(second + 64);
    expect(host.write(second, blocksOf(64, 2))).toBe("good");
    expect(host.write(second + 16, blocksOf(32, 2))).toBe(`5/24/00@${second + 16}`);
    expect(host.write(second - 32, blocksOf(32, 2))).toBe(`5/21/02@${second - 32}`);
    host.sync();
    expect(marksOf(host.read(second, 64))).toEqual(marks(64, 2));
    expect(marksOf(host.read(0, 32))).toEqual(marks(32, 1));
  });

  it("is a disc for sessions again after BLANK", () => {
    const host = formatted();
    expect(host.send(blank.build({ type: 1 }))).toBe("good");
    setPage(host, { writeType: 1 });
    expect(host.track(1)).toMatchObject({ blank: true, packet: false, size: 359_847, packetSize: 0 });
    expect(host.write(0, blocksOf(300, 1))).toBe("good");
  });

  it("keeps any of the packets that were not flushed when the power goes, and tears at most one", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const host = hostOf(packets, { seed });
      host.format(0x10, 0, 3200);
      host.write(0, blocksOf(320, 1));
      host.sync();
      host.write(32, blocksOf(128, 2));
      host.recorder.powerCut();
      host.recorder.powerOn();
      host.ready();
      const perPacket = Array.from({ length: 10 }, (_, index) => {
        const found = new Set(
          Array.from({ length: 32 }, (_, block) => marksOf(host.read(index * 32 + block, 1))[0]?.split(".")[0] ?? ""),
        );
        return found.size === 1 ? [...found][0] : "torn";
      });
      expect(perPacket.filter((mark) => mark !== "1" && mark !== "2").length).toBeLessThanOrEqual(1);
      expect([perPacket[0], ...perPacket.slice(5)]).toEqual(Array(6).fill("1"));
    }
  });

  it("is for core a disc that is overwritten in place, which it writes as the drive wants it", async () => {
    await using opened = await openMmcRecorder(hostOf().recorder.transport(), { uri: "virtual:packets" });
    const before = await opened.medium();
    expect(before.formats.map(({ id, blocks }) => [id, blocks])).toEqual([["cd-rw-packet", 295_264]]);
    await opened.prepare({ step: "prepare", format: "cd-rw-packet", isIrreversible: false, why: "test" });
    expect(await opened.medium()).toMatchObject({
      ...{ kind: "cd-rw-packet", status: "random", unit: 32, overwrite: "in-place", sessions: "none" },
      capacity: 295_264,
    });
    await opened.write(64, blocksOf(64, 1));
    await opened.flush();
    expect(marksOf(await opened.read(64, 64))).toEqual(marks(64, 1));
    const blanks = (await opened.medium()).formats.filter(({ id }) => id.startsWith("cd-rw-blank"));
    expect(blanks.map(({ blocks }) => blocks)).toEqual([359_847, 359_847]);
  });
});
