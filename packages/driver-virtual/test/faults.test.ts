import {
  modeData,
  modeSelect10,
  openMmcRecorder,
  parseSense,
  readToc,
  sessionInformation,
  toc,
  write10,
  writeParametersPage,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type Fault, SimulatedClock, type VirtualMediumId } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

function host(...faults: readonly Fault[]): Initiator {
  const recorder = createVirtualRecorder({ medium: "dvd+rw", capacity: 1024, formatted: true, faults });
  return new Initiator(recorder);
}

describe("faults", () => {
  it("a block that cannot be read", () => {
    const initiator = host({ fault: "bad-block", on: "read", at: 20 });
    expect(initiator.write(0, blocksOf(32, 1))).toBe("good");
    expect(initiator.read(0, 32)).toBe("3/11/05@20");
    expect(marksOf(initiator.read(0, 20))).toEqual(marks(20, 1));
  });

  it("a block that cannot be written, which stops the whole command", () => {
    const initiator = host({ fault: "bad-block", on: "write", at: 20 });
    expect(initiator.write(0, blocksOf(32, 1))).toBe("3/0c/00@20");
    expect(marksOf(initiator.read(0, 32))).toEqual(Array(32).fill("-"));
  });

  it("a drive that says GOOD and writes nothing", () => {
    const initiator = host();
    initiator.write(0, blocksOf(32, 1));
    initiator.recorder.arm([{ fault: "lying" }]);
    expect(initiator.write(0, blocksOf(32, 2))).toBe("good");
    expect(marksOf(initiator.read(0, 32))).toEqual(marks(32, 1));
    const sequential = new Initiator(
      createVirtualRecorder({ medium: "bd-r", capacity: 1024, faults: [{ fault: "lying" }] }),
    );
    expect(sequential.write(0, blocksOf(32, 1))).toBe("good");
    expect(sequential.track(1).nextWritable).toBe(32);
    expect(marksOf(sequential.read(0, 32))).toEqual(Array(32).fill("-"));
  });

  it("a busy drive that takes the same command later", () => {
    const initiator = host({ fault: "sense", opcode: 0x2a, after: 1, times: 2, sense: { key: 2, asc: 4, ascq: 8 } });
    const data = blocksOf(16, 1);
    expect([1, 2, 3, 4].map(() => initiator.write(0, data))).toEqual(["good", "2/04/08", "2/04/08", "good"]);
  });

  it("a sense for one block only", () => {
    const initiator = host({ fault: "sense", opcode: 0x28, at: 5, sense: { key: 4, asc: 9, ascq: 1, at: 5 } });
    expect(typeof initiator.read(0, 5)).toBe("object");
    expect(initiator.read(0, 6)).toBe("4/09/01@5");
  });
});

describe("a slow drive", () => {
  it("is becoming ready for a while, and then goes on", () => {
    const initiator = host({ fault: "slow", times: 2 });
    expect(initiator.recorder.log.map(({ outcome }) => typeof outcome === "object" && outcome.asc)).toEqual([
      0x28,
      4,
      4,
      false,
    ]);
    expect(initiator.write(0, blocksOf(16, 1))).toBe("good");
  });

  it("is becoming ready for a while of its clock, however often it is asked", () => {
    const clock = new SimulatedClock();
    const slow = { fault: "slow", opcode: 0x2a, after: 1, milliseconds: 5000 } as const;
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024, clock, faults: [slow] });
    const initiator = new Initiator(recorder);
    expect(initiator.write(0, blocksOf(16, 1))).toBe("good");
    for (let ask = 0; ask < 50; ask++) expect(initiator.sync()).toBe("2/04/08");
    clock.advance(4999);
    expect(initiator.sync()).toBe("2/04/08");
    clock.advance(1);
    expect(initiator.sync()).toBe("good");
  });

  it("has no time to wait for without a clock", () => {
    expect(host({ fault: "slow", milliseconds: 5000 }).sync()).toBe("good");
  });

  it("takes long for the n-th command of a kind; what it has begun is done", () => {
    const initiator = host();
    initiator.recorder.arm([{ fault: "slow", opcode: 0x2a, after: 2, times: 3 }]);
    const data = blocksOf(16, 1);
    expect([0, 16, 32].map((at) => initiator.write(at, data))).toEqual(["good", "good", "2/04/08"]);
    expect(initiator.sync()).toBe("2/04/08");
    // INQUIRY is always answered.
    expect(initiator.send(Uint8Array.from([0x12, 0, 0, 0, 36, 0]))).toBe("good");
    expect(initiator.sync()).toBe("2/04/08");
    expect(marksOf(initiator.read(16, 16))).toEqual(marks(16, 1));
  });

  it("is waited for by a recorder of core", async () => {
    const { recorder } = host();
    let now = 0;
    const clock = {
      now: (): number => now,
      sleep: async (milliseconds: number): Promise<void> => {
        now += milliseconds;
      },
    };
    await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test", clock });
    recorder.arm([{ fault: "slow", opcode: 0x2a, after: 1, times: 4 }]);
    await opened.medium();
    await opened.write(0, blocksOf(16, 1));
    await opened.write(16, blocksOf(16, 2));
    await opened.flush();
    expect(marksOf(await opened.read(16, 16))).toEqual(marks(16, 2));
    expect(now).toBeGreaterThan(0);
  });
});

describe("a torn unit", () => {
  it.each(["bd-r", "bd-r-pow", "bd-re", "dvd+rw", "bd-r-rrm"] as const)(
    "of a %s was said to be written, and cannot be read as a whole",
    (medium) => {
      const torn = (seed: number): readonly (string | undefined)[] => {
        const formatted = medium === "bd-re" || medium === "dvd+rw" ? { formatted: true } : {};
        const recorder = createVirtualRecorder({ medium, capacity: 1024, ...formatted, seed });
        const initiator = new Initiator(recorder);
        recorder.arm([{ fault: "torn-unit", at: 40 }], seed);
        expect(initiator.write(0, blocksOf(96, 1))).toBe("good");
        expect(initiator.sync()).toBe("good");
        return Array.from({ length: 96 }, (_, at) => marksOf(initiator.read(at, 1))[0]);
      };
      const first = torn(1);
      const lost = first.flatMap((mark, at) => (mark?.startsWith("3/11/05") ? [at] : []));
      expect(lost.length).toBeGreaterThan(0);
      expect(lost.every((at) => at >= 32 && at < 64)).toBe(true);
      expect(first.filter((_, at) => !lost.includes(at))).toEqual(marks(96, 1).filter((_, at) => !lost.includes(at)));
      // The seed decides.
      expect(torn(1)).toEqual(first);
      expect([2, 3, 4].some((seed) => torn(seed).join() !== first.join())).toBe(true);
    },
  );

  it("is whole again once it is written again, where that is possible", () => {
    const initiator = host({ fault: "torn-unit", at: 20 });
    for (const mark of [1, 2]) {
      initiator.write(16, blocksOf(16, mark));
      initiator.sync();
    }
    expect(marksOf(initiator.read(16, 16))).toEqual(marks(16, 2));
  });
});

describe("a wrong disc", () => {
  it("is in the tray after the next load, and the right one after another", () => {
    const initiator = host({ fault: "wrong-disc", disc: { medium: "bd-r", capacity: 2048 } });
    initiator.write(0, blocksOf(16, 1));
    const reload = (): void => {
      expect(initiator.send(Uint8Array.from([0x1b, 0, 0, 0, 2, 0]))).toBe("good");
      expect(initiator.send(Uint8Array.from([0x1b, 0, 0, 0, 3, 0]))).toBe("good");
      expect(initiator.sync()).toBe("6/28/00");
    };
    reload();
    expect(initiator.disc()).toMatchObject({ discStatus: 0, erasable: false });
    expect(initiator.track(1).size).toBe(2048);
    expect(() => initiator.recorder.snapshot()).toThrow(TypeError);
    expect(initiator.write(0, blocksOf(32, 2))).toBe("good");
    reload();
    expect(marksOf(initiator.read(0, 16))).toEqual(marks(16, 1));
  });

  it("does not become the disc of the recorder", () => {
    const initiator = host({ fault: "wrong-disc", disc: { medium: "bd-r", capacity: 2048 } });
    const before = initiator.recorder.snapshot();
    initiator.recorder.arm([{ fault: "wrong-disc", disc: { medium: "bd-r", capacity: 2048 } }]);
    initiator.send(Uint8Array.from([0x1b, 0, 0, 0, 2, 0]));
    initiator.send(Uint8Array.from([0x1b, 0, 0, 0, 3, 0]));
    initiator.recorder.restore(before);
    initiator.ready();
    expect(initiator.disc()).toMatchObject({ discStatus: 2, erasable: true });
  });
});

describe("a buffer that runs empty", () => {
  const disc = (medium: VirtualMediumId, links: boolean): Initiator => {
    const initiator = new Initiator(createVirtualRecorder({ medium }));
    const writeType = medium === "cd-r" ? 1 : 0;
    const page = writeParametersPage.build({ writeType, multisession: 3, dataBlockType: 8, bufferUnderrunFree: links });
    const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
    expect(initiator.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list)).toBe("good");
    initiator.recorder.arm([{ fault: "buffer-underrun", after: 1 }]);
    return initiator;
  };

  it("damages a CD's track behind what was recorded", () => {
    const initiator = disc("cd-r", false);
    expect(initiator.write(0, blocksOf(320, 1))).toBe("good");
    expect(initiator.write(320, blocksOf(32, 1))).toBe("3/0c/09@320");
    expect(initiator.track(1)).toMatchObject({ damage: true, nextWritableValid: false });
    expect(marksOf(initiator.read(0, 320))).toEqual(marks(320, 1));
    expect(initiator.write(320, blocksOf(32, 1))).toBe("5/21/02@320");
  });

  it.each([
    ["cd-r", true],
    ["dvd-r", false],
    ["bd-r", false],
  ] as const)("is waited for on a %s where links are possible", (medium, links) => {
    const initiator = disc(medium, links);
    expect([0, 32].map((at) => initiator.write(at, blocksOf(32, 1)))).toEqual(["good", "good"]);
  });
});

describe("a disc that is taken out by force", () => {
  const medium = "bd-r";
  const commandCut: Fault = { fault: "hot-removal", after: "block", count: 40 };

  it("ends the command, loses what was in the buffer, and comes back with a unit attention", () => {
    const ends = new Set<number>();
    for (let seed = 1; seed <= 20; seed++) {
      const recorder = createVirtualRecorder({ medium, capacity: 1024, seed });
      const initiator = new Initiator(recorder);
      initiator.write(0, blocksOf(32, 1));
      initiator.sync();
      recorder.arm([commandCut]);
      expect(initiator.write(32, blocksOf(64, 2))).toBe("2/3a/02");
      expect(recorder.isOn).toBe(true);
      expect(initiator.sync()).toBe("2/3a/02");
      expect(initiator.hex(Uint8Array.from([0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8, 0]))).toBe("0006045e03010000");
      expect(initiator.send(Uint8Array.from([0x1b, 0, 0, 0, 3, 0]))).toBe("good");
      expect(initiator.sync()).toBe("6/28/00");
      expect(marksOf(initiator.read(0, 32))).toEqual(marks(32, 1));
      ends.add(initiator.track(1).nextWritable);
    }
    expect(ends).toContain(32);
    expect(ends.size).toBeGreaterThan(1);
  });

  it("comes after the command that it waits for, which is still answered", () => {
    const recorder = createVirtualRecorder({ medium, capacity: 1024 });
    const initiator = new Initiator(recorder);
    recorder.arm([{ fault: "hot-removal", after: "command", count: 2 }]);
    expect(initiator.write(0, blocksOf(32, 1))).toBe("good");
    expect(initiator.sync()).toBe("good");
    expect(initiator.sync()).toBe("2/3a/02");
    initiator.send(Uint8Array.from([0x1b, 0, 0, 0, 3, 0]));
    initiator.ready();
    expect(marksOf(initiator.read(0, 32))).toEqual(marks(32, 1));
  });

  it("falls between the parts of a close as a cut does", () => {
    const recorder = createVirtualRecorder({ medium, capacity: 1024 });
    const initiator = new Initiator(recorder);
    initiator.write(0, blocksOf(32, 1));
    initiator.sync();
    recorder.arm([{ fault: "hot-removal", after: "effect", count: 2 }]);
    expect(initiator.close(6)).toBe("2/3a/02");
    initiator.send(Uint8Array.from([0x1b, 0, 0, 0, 3, 0]));
    initiator.ready();
    expect(initiator.disc()).toMatchObject({ discStatus: 1, lastSessionState: 0, sessions: 2 });
  });
});

describe("answers that are wrong", () => {
  const disc = (...faults: readonly Fault[]): Initiator => {
    const initiator = new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: 1024 }));
    for (const [session, at] of [0, 64].entries()) {
      initiator.write(at, blocksOf(64, session + 1));
      initiator.close(1, session + 1);
      initiator.close(2);
    }
    initiator.recorder.arm(faults);
    return initiator;
  };
  const starts = (initiator: Initiator): readonly unknown[] => {
    const { entries } = toc.parse(initiator.data(readToc.build({ allocationLength: 804 })));
    const { track, address } = sessionInformation.parse(
      initiator.data(readToc.build({ format: 1, allocationLength: 12 })),
    );
    return [entries.map((entry) => [entry.track, entry.address]), [track, address]];
  };

  it("a table of contents with the wrong start of the last session", () => {
    const right = [
      [
        [1, 0],
        [2, 64],
        [0xaa, 128],
      ],
      [2, 64],
    ];
    expect(starts(disc())).toEqual(right);
    const wrong = disc({ fault: "wrong-toc", start: 0 });
    expect(starts(wrong)).toEqual([
      [
        [1, 0],
        [2, 0],
        [0xaa, 128],
      ],
      [2, 0],
    ]);
    wrong.recorder.arm([]);
    expect(starts(wrong)).toEqual(right);
  });

  it("a next writable address that is not told, of one track or of all", () => {
    const one = disc({ fault: "untold-address", which: "next", track: 3 });
    expect(one.track(3)).toMatchObject({ nextWritableValid: false, nextWritable: 0, freeBlocks: 1024 - 128 });
    expect(disc({ fault: "untold-address", which: "next", track: 2 }).track(3).nextWritable).toBe(128);
    expect(disc({ fault: "untold-address", which: "next" }).track(3).nextWritableValid).toBe(false);
  });

  it("a last recorded address that is not told", () => {
    const initiator = new Initiator(createVirtualRecorder({ medium: "dvd-r" }));
    const page = writeParametersPage.build({ writeType: 0, multisession: 3, dataBlockType: 8 });
    const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
    initiator.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list);
    initiator.write(0, blocksOf(64, 1));
    initiator.close(1, 1);
    expect(initiator.track(1)).toMatchObject({ lastRecordedValid: true, lastRecorded: 63 });
    initiator.recorder.arm([{ fault: "untold-address", which: "last" }]);
    expect(initiator.track(1)).toMatchObject({ lastRecordedValid: false, lastRecorded: 0 });
  });
});

describe("the log", () => {
  it("tells commands and what became of them in words", () => {
    const initiator = host();
    initiator.recorder.clearLog();
    initiator.write(16, blocksOf(16, 1));
    initiator.write(5000, blocksOf(1, 1));
    const [first, second] = initiator.recorder.logText().split("\n");
    expect(first).toMatch(/WRITE\(10\).*16.*good/);
    expect(second).toMatch(/WRITE\(10\).*5000.*5\/21\/00/);
    expect(initiator.recorder.log.map(({ outcome }) => outcome)).toEqual([
      "good",
      { key: 5, asc: 0x21, ascq: 0, at: 5000 },
    ]);
  });
});

describe("a bad block that shows when the buffer is emptied", () => {
  const deferred = { fault: "bad-block", on: "write", at: 40, isDeferred: true } as const;

  it("fails the flush, and cannot be read", () => {
    const initiator = new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: 8192, faults: [deferred] }));
    expect(initiator.write(0, blocksOf(96, 1))).toBe("good");
    expect(initiator.sync()).toBe("3/0c/00@40");
    expect(initiator.read(32, 32)).toBe("3/11/05@40");
    expect(marksOf(initiator.read(41, 55))).toEqual(marks(55, 1, 41));
    expect(initiator.sync()).toBe("good");
  });

  it("is told as a deferred error by the next command, which is not carried out", () => {
    const { recorder } = new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: 8192, faults: [deferred] }));
    const initiator = new Initiator(recorder);
    // More than the buffer holds: it runs over into the medium.
    for (let at = 0; at < 64 * 32; at += 32) expect(initiator.write(at, blocksOf(32, 1))).toBe("good");
    const { status, sense } = recorder.run({ cdb: write10.build({ lba: 2048, blocks: 32 }), dataOut: blocksOf(32, 1) });
    expect(status).toBe("check-condition");
    expect(parseSense(sense ?? new Uint8Array())).toEqual({ key: 3, asc: 0x0c, ascq: 0, at: 40, isDeferred: true });
    expect(sense?.[0]).toBe(0xf1);
    expect(initiator.track(1).nextWritable).toBe(2048);
    expect(initiator.write(2048, blocksOf(32, 1))).toBe("good");
  });

  it("is a failed write for core, whichever command told it", async () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 8192, faults: [deferred] });
    await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test" });
    await opened.medium();
    const data = blocksOf(32, 1);
    await expect(
      (async () => {
        for (let at = 0; at < 66 * 32; at += 32) await opened.write(at, data);
        await opened.flush();
      })(),
    ).rejects.toMatchObject({ code: "WRITE_FAILED" });
  });
});
