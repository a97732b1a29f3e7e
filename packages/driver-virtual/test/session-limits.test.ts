import {
  configuration,
  discStructure,
  dvdPhysicalFormat,
  getConfiguration,
  layerBoundary,
  modeData,
  modeSelect10,
  openMmcRecorder,
  readDiscStructure,
  readToc,
  toc,
  writeParametersPage,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type VirtualMediumId } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const CAPACITY = 4_171_712;

/** A disc that is ready for recording with another session to follow. */
function discOf(medium: VirtualMediumId, writeType: number): Initiator {
  const host = new Initiator(createVirtualRecorder({ medium }));
  const page = writeParametersPage.build({ writeType, multisession: 3, dataBlockType: 8 });
  const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
  expect(host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list)).toBe("good");
  return host;
}

const disc = (): Initiator => discOf("dvd-r-dl", 0);

function stateOf(host: Initiator): readonly unknown[] {
  const { discStatus, lastSessionState, sessions, lastTrack, erasable, lastLeadOut } = host.disc();
  return [discStatus, lastSessionState, sessions, lastTrack, erasable, lastLeadOut];
}

describe("DVD-R with two layers", () => {
  it("says what it is while it is blank", () => {
    const host = disc();
    expect(stateOf(host)).toEqual([0, 0, 1, 1, false, CAPACITY]);
    expect(host.track(1)).toMatchObject({ start: 0, size: CAPACITY, nextWritable: 0, freeBlocks: CAPACITY });
    const { profile, features } = configuration.parse(
      host.data(getConfiguration.build({ requestType: 1, allocationLength: 1024 })),
    );
    expect(profile).toBe(0x15);
    expect(features.map(({ code }) => code).filter((code) => code > 3 && code < 0x100)).toEqual([
      0x10, 0x1f, 0x21, 0x2f,
    ]);
    const structure = (format: number): Uint8Array =>
      discStructure.parse(host.data(readDiscStructure.build({ format, allocationLength: 2052 })));
    expect(dvdPhysicalFormat.parse(structure(0))).toMatchObject({ book: 2, version: 6, layers: 1 });
    expect(layerBoundary.parse(structure(0x20)).layer0Blocks).toBe(CAPACITY / 2);
  });

  it("takes tracks of one session, whose close ends the disc even where another one is asked for", () => {
    const host = disc();
    host.write(0, blocksOf(64, 1));
    expect(stateOf(host)).toEqual([1, 1, 1, 1, false, CAPACITY]);
    host.close(1, 1);
    expect(host.track(2)).toMatchObject({ sessionNumber: 1, start: 80, nextWritable: 80 });
    host.write(80, blocksOf(32, 2));
    expect(host.close(2)).toBe("5/72/03");
    host.close(1, 2);
    expect(host.close(2)).toBe("good");
    expect(stateOf(host)).toEqual([2, 3, 1, 2, false, 0xffff_ffff]);
    const { entries } = toc.parse(host.data(readToc.build({ allocationLength: 804 })));
    expect(entries.map(({ track, address }) => [track, address])).toEqual([
      [1, 0],
      [0xaa, 112],
    ]);
    expect(host.write(112, blocksOf(16, 3))).toBe("7/27/00@112");
    expect(marksOf(host.read(80, 32))).toEqual(marks(32, 2));
  });

  it("is not recorded by core, which says why", async () => {
    await using opened = await openMmcRecorder(disc().recorder.transport(), { uri: "virtual:test" });
    const { kind, sessions, restriction } = await opened.medium();
    expect([kind, sessions]).toEqual(["dvd-r-dl", "none"]);
    expect(restriction).toContain("one session");
  });
});

describe("how many sessions and tracks there can be", () => {
  it("a CD has 99 tracks, and its last session ends the disc", () => {
    const host = discOf("cd-r", 1);
    for (let track = 1; track <= 99; track++) {
      expect(host.write(host.track(track).nextWritable, blocksOf(300, track))).toBe("good");
      host.sync();
    }
    expect(host.disc()).toMatchObject({ lastTrack: 99, discStatus: 1, lastSessionState: 1 });
    expect(host.close(2)).toBe("good");
    expect(host.disc()).toMatchObject({ lastTrack: 99, sessions: 1, discStatus: 2, lastSessionState: 3 });
  });

  it("a DVD+R has 153 sessions", () => {
    const host = new Initiator(createVirtualRecorder({ medium: "dvd+r" }));
    for (let session = 1; session <= 153; session++) {
      expect(host.disc()).toMatchObject({ sessions: session, discStatus: session === 1 ? 0 : 1 });
      host.write(host.track(session).nextWritable, blocksOf(16, session));
      host.close(1, session);
      expect(host.close(2)).toBe("good");
    }
    expect(host.disc()).toMatchObject({ sessions: 153, lastTrack: 153, discStatus: 2, lastSessionState: 3 });
    expect(host.write(1_000_000, blocksOf(16, 1))).toBe("7/27/00@1000000");
  });
});
