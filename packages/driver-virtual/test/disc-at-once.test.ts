import {
  blank,
  configuration,
  getConfiguration,
  modeData,
  modeSelect10,
  synchronizeCache,
  writeParametersPage,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, SimulatedClock, type VirtualMediumId } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

function selectPage(host: Initiator, fields: Parameters<typeof writeParametersPage.build>[0]): string {
  const list = modeData.build({ mediumType: 0, pages: [writeParametersPage.build(fields)] }).fill(0, 0, 2);
  return host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list);
}

/** As growisofs and wodim set it for a disc at once. */
const atOnce = { writeType: 2, dataBlockType: 8, trackMode: 5 } as const;

function hostOf(medium: VirtualMediumId): Initiator {
  const host = new Initiator(createVirtualRecorder({ medium }));
  expect(selectPage(host, atOnce)).toBe("good");
  return host;
}

describe.each(["dvd-r", "dvd-r-dl", "dvd-rw"] as const)("a disc at once: %s", (medium) => {
  it("is closed by the flush behind the last block of the track that was reserved for it", () => {
    const host = hostOf(medium);
    expect(host.reserve(320)).toBe("good");
    for (let at = 0; at < 320; at += 32) expect(host.write(at, blocksOf(32, 1))).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1 });
    expect(host.sync()).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3, sessions: 1, lastTrack: 1 });
    expect(host.track(1)).toMatchObject({ start: 0, size: 320, lastRecorded: 319, nextWritableValid: false });
    expect(marksOf(host.read(288, 32))).toEqual(marks(32, 1));
    expect(host.write(320, blocksOf(16, 2))).toBe("7/27/00@320");
    // Nothing more happens with the next flush.
    expect(host.sync()).toBe("good");
  });

  it("is not closed before its last block is there", () => {
    const host = hostOf(medium);
    host.reserve(320);
    host.write(0, blocksOf(288, 1));
    expect(host.sync()).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1 });
    expect(host.track(1)).toMatchObject({ nextWritable: 288, freeBlocks: 32 });
    expect(host.write(288, blocksOf(64, 2))).toBe("5/63/00@288");
    host.write(288, blocksOf(32, 2));
    host.sync();
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3 });
  });

  it("needs a track that was reserved for it, on a disc without sessions", () => {
    const host = hostOf(medium);
    expect(host.write(0, blocksOf(16, 1))).toBe("5/64/00");
    selectPage(host, { writeType: 0, multisession: 3, dataBlockType: 8 });
    host.write(0, blocksOf(16, 1));
    host.close(1, 1);
    host.close(2);
    selectPage(host, atOnce);
    host.reserve(32);
    expect(host.write(host.track(host.disc().lastTrack).start, blocksOf(16, 1))).not.toBe("good");
  });
});

describe("a DVD-RW that was blanked minimally", () => {
  it("takes a disc at once, and nothing else", () => {
    const host = hostOf("dvd-rw");
    selectPage(host, { writeType: 0, multisession: 3, dataBlockType: 8 });
    host.write(0, blocksOf(16, 1));
    host.sync();
    expect(host.send(blank.build({ type: 1 }))).toBe("good");
    const features = configuration
      .parse(host.data(getConfiguration.build({ requestType: 1, allocationLength: 4096 })))
      .features.map(({ code }) => code);
    expect(features).not.toContain(0x21);
    expect(features).toContain(0x2f);
    expect(host.write(0, blocksOf(16, 2))).toBe("5/64/00");
    selectPage(host, atOnce);
    expect(host.reserve(32)).toBe("good");
    expect(host.write(0, blocksOf(32, 2))).toBe("good");
    host.sync();
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3 });
    expect(marksOf(host.read(0, 32))).toEqual(marks(32, 2));
  });
});

describe("the border behind a disc at once", () => {
  it("takes its time behind an immediate answer", () => {
    const clock = new SimulatedClock();
    const host = new Initiator(createVirtualRecorder({ medium: "dvd-r", clock }));
    selectPage(host, atOnce);
    host.reserve(32);
    host.write(0, blocksOf(32, 1));
    expect(host.send(synchronizeCache.build({ immediate: true }))).toBe("good");
    expect(host.sync()).toBe("2/04/08");
    clock.advance(600_000);
    expect(host.sync()).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3 });
  });
});

describe("MODE SELECT", () => {
  it.each([
    ["a rehearsal", { writeType: 1, dataBlockType: 8, testWrite: true }],
    ["raw recording", { writeType: 3, dataBlockType: 1 }],
    ["layer jump recording", { writeType: 4, dataBlockType: 8 }],
  ])("refuses %s, which no feature offers", (_, page) => {
    const host = new Initiator(createVirtualRecorder({ medium: "dvd-r-dl" }));
    expect(selectPage(host, page)).toBe("5/26/00");
  });
});
