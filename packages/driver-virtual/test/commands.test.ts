import {
  bdDiscInformation,
  configuration,
  discStructure,
  features,
  getConfiguration,
  getEventStatus,
  inquiry,
  modeData,
  modePageCode,
  modeSelect10,
  modeSense10,
  preventAllow,
  readDiscInformation,
  readDiscStructure,
  readTrackInformation,
  startStopUnit,
  testUnitReady,
  trackResources,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createMedium, createVirtualRecorder, type MediumStore } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const bdR = (): Initiator => new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: 1024 }));

describe("the recorder itself", () => {
  it("tells once that a medium was loaded, also to a host that only asks for the sense", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r" });
    const sense = (): string =>
      Buffer.from(recorder.run({ cdb: Uint8Array.from([3, 0, 0, 0, 18, 0]) }).dataIn ?? []).toString("hex");
    expect(sense()).toBe("70000600000000" + "0a00000000280000000000");
    expect(sense()).toBe("70000000000000" + "0a00000000000000000000");
    expect(recorder.run({ cdb: testUnitReady.build({}) }).status).toBe("good");
  });

  it("names itself without telling it", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r" });
    const { dataIn = new Uint8Array() } = recorder.run({ cdb: inquiry.build({ allocationLength: 36 }) });
    expect(Buffer.from(dataIn).toString("latin1", 8)).toBe("VIRTUAL DISC RECORDER   1.00");
    expect([dataIn[0], dataIn[1]]).toEqual([5, 0x80]);
    expect(recorder.run({ cdb: testUnitReady.build({}) }).status).toBe("check-condition");
  });

  it.each([
    [0x00, "05000003008083"],
    [0x80, "0580000c303030303030303030303031"],
  ])("has the vital product data that iSCSI needs: page %s", (page, expected) => {
    const hex = bdR().hex(inquiry.build({ vital: true, page, allocationLength: 255 }));
    expect(hex).toBe(expected);
  });

  it("refuses commands and fields that it does not know", () => {
    const host = bdR();
    expect(host.send(Uint8Array.from([0x3b, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe("5/20/00");
    expect(host.send(Uint8Array.from([0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe("5/20/00");
    expect(host.send(Uint8Array.from([]))).toBe("5/20/00");
    expect(host.send(inquiry.build({ page: 1 }))).toBe("5/24/00");
    expect(host.send(readDiscInformation.build({ dataType: 2 }))).toBe("5/24/00");
    expect(host.send(readDiscInformation.build({ dataType: 5 }))).toBe("5/24/00");
  });

  it("cuts replies to the length that was asked for, but keeps their own length", () => {
    const host = bdR();
    expect(host.hex(readDiscInformation.build({ allocationLength: 2 }))).toBe("0020");
    expect(host.hex(readTrackInformation.build({ addressType: 1, number: 1, allocationLength: 8 }))).toBe(
      "0022010100046101",
    );
    expect(host.hex(readDiscInformation.build({ allocationLength: 0 }))).toBe("");
  });

  it("answers for the one feature that is asked for, or that it does not have it", () => {
    const host = bdR();
    const one = (feature: number): string =>
      host.hex(getConfiguration.build({ requestType: 2, feature, allocationLength: 16 }));
    expect(one(0x20)).toBe("0000001400000041" + "0020040c000003ff");
    expect(one(0x28)).toBe("0000000400000041");
  });

  it("shows the current features of each medium", () => {
    const currentOf = (host: Initiator): readonly number[] => {
      const reply = host.data(getConfiguration.build({ requestType: 1, allocationLength: 2048 }));
      const common = new Set([0x00, 0x01, 0x02, 0x03, 0x100, 0x105, 0x107, 0x108]);
      return configuration
        .parse(reply)
        .features.map(({ code }) => code)
        .filter((code) => !common.has(code));
    };
    const blank = bdR();
    expect(currentOf(blank)).toEqual([0x10, 0x21, 0x23, 0x40, 0x41]);
    blank.write(0, blocksOf(1, 1));
    expect(currentOf(blank)).toEqual([0x10, 0x21, 0x40, 0x41]);
    const replacing = new Initiator(createVirtualRecorder({ medium: "bd-r-pow", capacity: 1024 }));
    expect(currentOf(replacing)).toEqual([0x10, 0x21, 0x24, 0x38, 0x40, 0x41]);
    const random = new Initiator(createVirtualRecorder({ medium: "dvd+rw", capacity: 1024, formatted: true }));
    expect(currentOf(random)).toEqual([0x10, 0x1f, 0x20, 0x23, 0x2a]);
    const reply = random.data(getConfiguration.build({ requestType: 2, feature: 0x20, allocationLength: 32 }));
    const [feature] = configuration.parse(reply).features;
    expect(feature && features.randomWritable.read(feature)).toMatchObject({ lastLba: 1023, blocking: 16 });
  });

  it("ejects and loads its disc, which is told as a new one", () => {
    const host = bdR();
    host.write(0, blocksOf(5, 1));
    expect(host.send(preventAllow.build({ prevent: true }))).toBe("good");
    expect(host.send(startStopUnit.build({ loadEject: true }))).toBe("5/53/02");
    host.send(preventAllow.build({ prevent: false }));
    expect(host.send(startStopUnit.build({ loadEject: true }))).toBe("good");
    expect(host.send(testUnitReady.build({}))).toBe("2/3a/02");
    expect(host.hex(getConfiguration.build({ requestType: 2, feature: 0x41, allocationLength: 8 })).slice(12)).toBe(
      "0000",
    );
    expect(host.hex(getEventStatus.build({ classes: 0x10, allocationLength: 8 }))).toBe("0006045e03010000");
    expect(host.send(startStopUnit.build({ loadEject: true, start: true }))).toBe("good");
    expect(host.send(testUnitReady.build({}))).toBe("6/28/00");
    expect(host.send(testUnitReady.build({}))).toBe("good");
    expect(host.hex(getEventStatus.build({ classes: 0x10, allocationLength: 8 }))).toBe("0006045e02020000");
    expect(host.track(1).nextWritable).toBe(32);
  });

  it("reports events by polling only, and says when it has none of the classes", () => {
    const host = bdR();
    expect(host.send(getEventStatus.build({ polled: false, classes: 0x10 }))).toBe("5/24/00");
    expect(host.hex(getEventStatus.build({ classes: 0x80, allocationLength: 8 }))).toBe("0002805e");
  });

  it("keeps mode pages as they are set, and gives page 2Ah", () => {
    const host = bdR();
    const pages = (control: number, page: number): readonly Uint8Array[] =>
      modeData.parse(host.data(modeSense10.build({ control, page, allocationLength: 256 }))).pages;
    expect(pages(0, 0x3f).map(modePageCode)).toEqual([0x01, 0x05, 0x08, 0x1d, 0x2a]);
    const [page = new Uint8Array()] = pages(0, 0x01);
    const changed = Uint8Array.from(page);
    changed[3] = 7;
    const list = modeData.build({ mediumType: 0, pages: [changed] });
    expect(host.send(modeSelect10.build({ parameterLength: list.length }), list)).toBe("good");
    expect(pages(0, 0x01)[0]?.[3]).toBe(7);
    expect(pages(2, 0x01)[0]?.[3]).toBe(32);
    const wrong = modeData.build({ mediumType: 0, pages: [Uint8Array.from([0x2a, 2, 0, 0])] });
    expect(host.send(modeSelect10.build({ parameterLength: wrong.length }), wrong)).toBe("5/26/00");
    expect(host.send(modeSense10.build({ control: 3, page: 0x2a }))).toBe("5/39/00");
    expect(host.send(modeSense10.build({ page: 0x0e }))).toBe("5/24/00");
  });

  it("names the medium, and only to who asks for its family", () => {
    const host = bdR();
    const cdb = readDiscStructure.build({ mediaType: 1, format: 0, allocationLength: 4100 });
    const [unit] = bdDiscInformation.parse(discStructure.parse(host.data(cdb)));
    expect(unit).toMatchObject({
      signature: "DI",
      discType: "BDR",
      manufacturer: "VIRTUA",
      mediaType: "Re1",
      firstUnit: 131_072,
    });
    expect(host.data(cdb)).toHaveLength(4100);
    expect(host.send(readDiscStructure.build({ mediaType: 0, format: 0, allocationLength: 4100 }))).toBe("5/24/00");
    const full = new Initiator(createVirtualRecorder({ medium: "bd-r" }));
    const [whole] = bdDiscInformation.parse(discStructure.parse(full.data(cdb)));
    expect(whole?.lastUnit).toBe(1_658_494); // captured
  });

  it("counts its tracks", () => {
    const host = bdR();
    host.reserve(32);
    const counts = trackResources.parse(host.data(readDiscInformation.build({ dataType: 1, allocationLength: 12 })));
    expect(counts).toMatchObject({ dataLength: 10, assignedTracks: 2, openTracks: 2, maximumOpenTracks: 16 });
  });

  it("finds tracks by number, by session, by block, and the first open one", () => {
    const host = bdR();
    host.write(0, blocksOf(32, 1));
    host.close(1, 1);
    host.close(2);
    const find = (addressType: number, number: number, open = false): string => {
      const result = host.recorder.run({
        cdb: readTrackInformation.build({ addressType, number, open, allocationLength: 36 }),
      });
      return result.dataIn === undefined ? "none" : String(result.dataIn[2]);
    };
    expect([find(0, 0), find(0, 31), find(0, 32), find(0, 1023), find(0, 1024)]).toEqual(["1", "1", "2", "2", "none"]);
    expect([find(1, 0), find(1, 1), find(1, 2), find(1, 3), find(1, 0xff)]).toEqual(["none", "1", "2", "none", "none"]);
    expect([find(2, 1), find(2, 2), find(2, 3)]).toEqual(["1", "2", "none"]);
    expect(find(1, 1, true)).toBe("2");
  });
});

describe("where the disc lies", () => {
  it("can be another recorder's disc", () => {
    const store = createMedium({ medium: "bd-r", capacity: 1024 });
    const first = new Initiator(createVirtualRecorder({ medium: "bd-r", store }));
    first.write(0, blocksOf(32, 1));
    first.sync();
    const second = new Initiator(createVirtualRecorder({ medium: "bd-r", store }));
    expect(marksOf(second.read(0, 32))).toEqual(marks(32, 1));
    expect(second.track(1).nextWritable).toBe(32);
  });

  it("shows as write-protected when nothing can be written there", () => {
    const memory = createMedium({ medium: "dvd+rw", capacity: 1024, formatted: true });
    const store: MediumStore = { ...plain(memory), access: "protected" };
    const host = new Initiator(createVirtualRecorder({ medium: "dvd+rw", store }));
    expect(host.write(0, blocksOf(16, 1))).toBe("7/27/00");
    expect(host.format(0x26)).toBe("7/27/00");
    expect(host.hex(readDiscStructure.build({ mediaType: 0, format: 0xc0, allocationLength: 8 }))).toBe(
      "0006000001000000",
    );
  });

  it("can fail: the error says so, nothing is lost, and it can be tried again", async () => {
    const memory = createMedium({ medium: "bd-r", capacity: 1024 });
    let isFull = false;
    const store: MediumStore = {
      ...plain(memory),
      commit(effects, isDurable) {
        if (isFull) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { syscall: "write" });
        memory.commit(effects, isDurable);
      },
    };
    const host = new Initiator(createVirtualRecorder({ medium: "bd-r", store }));
    host.write(0, blocksOf(40, 1));
    isFull = true;
    expect(() => host.sync()).toThrow(
      expect.objectContaining({ code: "WRITE_FAILED", message: expect.stringMatching(/no space/) }),
    );
    isFull = false;
    expect(host.sync()).toBe("good");
    expect(marksOf(host.read(0, 40))).toEqual(marks(40, 1));
    expect(memory.state.tracks[0]?.next).toBe(64);
  });
});

/** A store whose parts can be replaced. */
function plain(store: MediumStore): MediumStore {
  return {
    access: store.access,
    keepsUnits: store.keepsUnits,
    get state() {
      return store.state;
    },
    get end() {
      return store.end;
    },
    read: (at, into) => store.read(at, into),
    commit: (effects, isDurable) => store.commit(effects, isDurable),
    close: () => store.close(),
  };
}
