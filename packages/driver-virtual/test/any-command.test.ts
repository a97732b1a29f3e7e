import { createHash } from "node:crypto";
import { MultisessionError } from "@multisession/core";
import { modeData, modeSelect10, type ScsiResult, writeParametersPage } from "@multisession/mmc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkState } from "../src/disc-file/check-state.ts";
import {
  createVirtualRecorder,
  type Fault,
  type VirtualMediumId,
  type VirtualRecorder,
  virtualMedia,
} from "../src/index.ts";
import type { TrackState } from "../src/medium-state.ts";
import { commands } from "../src/recorder/command-table.ts";
import { contentOf } from "../src/recorder/snapshot.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

/** Mode page 05h as a CD or a DVD-R needs it before the first write. */
function setPage(host: Initiator, writeType: number, multisession = 3): void {
  const page = writeParametersPage.build({ writeType, multisession, dataBlockType: 8 });
  const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
  host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list);
}

const media: readonly (readonly [string, VirtualMediumId, boolean, (host: Initiator) => void])[] = [
  ["a blank CD-R", "cd-r", false, (host) => setPage(host, 1)],
  [
    "a CD-RW with two tracks",
    "cd-rw",
    false,
    (host) => {
      setPage(host, 1);
      host.write(0, blocksOf(310, 1));
      host.sync();
      host.write(462, blocksOf(5, 2));
    },
  ],
  [
    "a DVD-R with a reserved and an open track",
    "dvd-r",
    false,
    (host) => {
      setPage(host, 0);
      host.reserve(32);
      host.write(48, blocksOf(5, 2));
    },
  ],
  [
    "a CD-RW with two sessions of fixed packets",
    "cd-rw",
    true,
    (host) => {
      host.format(0x10, 0, 320);
      host.format(0x12, 0, 320);
      setPage(host, 0);
      host.write(0, blocksOf(32, 1));
    },
  ],
  ["a DVD-RW for restricted overwrite", "dvd-rw-ro", true, (host) => host.write(0, blocksOf(48, 1))],
  [
    "a DVD-RW that grows",
    "dvd-rw",
    false,
    (host) => {
      host.format(0x15, 0, 0);
      host.write(0, blocksOf(48, 1));
    },
  ],
  [
    "a DVD+R with a closed session and two fragments",
    "dvd+r",
    false,
    (host) => {
      host.write(0, blocksOf(40, 1));
      host.close(1, 1);
      host.close(2);
      host.reserve(32);
      host.write(2096, blocksOf(5, 2));
    },
  ],
  [
    "a finished CD-R",
    "cd-r",
    false,
    (host) => {
      setPage(host, 1);
      host.write(0, blocksOf(300, 1));
      host.sync();
      setPage(host, 1, 0);
      host.close(2);
    },
  ],
  [
    "a DVD-R with two layers and a closed track",
    "dvd-r-dl",
    false,
    (host) => {
      setPage(host, 0);
      host.write(0, blocksOf(32, 1));
      host.close(1, 1);
      host.write(48, blocksOf(5, 2));
    },
  ],
  [
    "a DVD-RW that was blanked minimally",
    "dvd-rw",
    false,
    (host) => {
      setPage(host, 0);
      host.write(0, blocksOf(32, 1));
      host.send(Uint8Array.from([0xa1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
    },
  ],
  [
    "a finished DVD+R with two layers",
    "dvd+r-dl",
    false,
    (host) => {
      host.write(0, blocksOf(40, 1));
      host.close(6);
    },
  ],
  ["a BD-R for random recording", "bd-r-rrm", true, (host) => host.write(64, blocksOf(64, 1))],
  ["a blank BD-R", "bd-r", false, () => {}],
  [
    "a BD-R with a closed and an open session",
    "bd-r",
    false,
    (host) => {
      host.write(0, blocksOf(40, 1));
      host.close(1, 1);
      host.close(2);
      host.reserve(32);
      host.write(96, blocksOf(5, 2));
    },
  ],
  ["a finalized BD-R", "bd-r", false, (host) => host.close(6)],
  [
    "a BD-R with pseudo-overwrite",
    "bd-r-pow",
    true,
    (host) => {
      host.write(0, blocksOf(64, 1));
      host.write(0, blocksOf(32, 2));
    },
  ],
  ["an unformatted BD-RE", "bd-re", false, () => {}],
  ["a BD-RE", "bd-re", true, (host) => host.write(0, blocksOf(40, 1))],
  ["a DVD-RAM", "dvd-ram", true, (host) => host.write(0, blocksOf(40, 1))],
  ["an unformatted DVD+RW", "dvd+rw", false, () => {}],
  ["a DVD+RW", "dvd+rw", true, (host) => host.write(0, blocksOf(40, 1))],
];

/** Everything that a host can find out without changing anything. */
function looks(recorder: VirtualRecorder): string {
  const { store, buffer } = contentOf(recorder.snapshot());
  const { condition, map, orphans, unreadable, recorded, spared, ...rest } = buffer.state;
  const state = {
    ...rest,
    table: 0,
    condition: condition.id,
    map: [...map],
    orphans: [...orphans],
    recorded: recorded.ranges,
    spared: [...spared],
    bad: [...unreadable],
  };
  return JSON.stringify({ state, blocks: digestOf(recorder, rest.tracks), durable: store.state.tracks });
}

/** Of the blocks of all tracks: between the sessions of a CD lie 11,400 that nobody can write. */
function digestOf(recorder: VirtualRecorder, tracks: readonly TrackState[]): string {
  const hash = createHash("sha256");
  for (const { start, size } of tracks)
    for (let at = start, end = Math.min(start + size, recorder.recordedEnd); at < end; at += 512)
      hash.update(recorder.peek(at, Math.min(512, end - at)));
  return hash.digest("hex");
}

// Real opcodes come more often than others, and small numbers more often than large ones.
const byte = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 0, 0, 1, 2, 6, 32, 64) }, fc.nat(255));
const cdb = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...commands.keys()) }, fc.nat(255)),
    fc.array(byte, { maxLength: 15 }),
  )
  .map(([opcode, rest]) => Uint8Array.from([opcode, ...rest]));
const dataOut = fc.oneof(
  fc.constant(undefined),
  fc.array(byte, { maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)),
  fc.integer({ min: 0, max: 70 }).map((blocks) => blocksOf(blocks, 9)),
);

/** As small as it can be: a look at it takes all of what is recorded. */
function capacityOf(medium: VirtualMediumId): number {
  return Math.max(1024, virtualMedia.find(({ id }) => id === medium)?.minimum ?? 0);
}

const after = fc.constantFrom("command", "block", "effect");
const at = fc.nat(140);
const few = fc.nat(3);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ fault: fc.constant("power-cut"), after, count: fc.nat(40), damagesTracks: fc.boolean() }),
  fc.record({ fault: fc.constant("hot-removal"), after, count: fc.nat(40) }),
  fc.record({ fault: fc.constant("bad-block"), on: fc.constantFrom("read", "write"), at }),
  fc.record({ fault: fc.constant("defect"), at }),
  fc.record({ fault: fc.constant("no-spares") }),
  fc.record({ fault: fc.constant("torn-unit"), at }),
  fc.record({ fault: fc.constant("lying") }),
  fc.record({ fault: fc.constant("buffer-underrun"), after: few }),
  fc.record({ fault: fc.constant("slow"), after: few, times: few }),
  fc.record({ fault: fc.constant("wrong-toc"), start: at }),
  fc.record({ fault: fc.constant("untold-address"), which: fc.constantFrom("next", "last") }),
  fc.constant({ fault: "wrong-disc", disc: { medium: "bd-r", capacity: 1024 } } as const),
);

/** Load; allow removal; eject, load. */
const loads = [
  [0x1b, 3],
  [0x1e, 0],
  [0x1b, 2],
  [0x1b, 3],
] as const;

/** The answer; nothing when the power went. */
function answerOf(recorder: VirtualRecorder, cdb: Uint8Array, dataOut?: Uint8Array): ScsiResult | undefined {
  try {
    return recorder.run({ cdb, ...(dataOut && { dataOut }), dataInLength: 4096 });
  } catch (error) {
    if (MultisessionError.is(error) && error.code === "RECORDER_LOST") return undefined;
    throw error;
  }
}

describe.each(media)("any bytes as a command: %s", (_name, medium, formatted, prepare) => {
  const recorder = createVirtualRecorder({ medium, capacity: capacityOf(medium), formatted });
  const host = new Initiator(recorder);
  prepare(host);
  const before = recorder.snapshot();

  it("are answered, and change nothing when they are refused", () => {
    const lookedBefore = looks(recorder);
    fc.assert(
      fc.property(fc.array(fc.tuple(cdb, dataOut), { minLength: 1, maxLength: 4 }), (sent) => {
        recorder.restore(before);
        let known = lookedBefore;
        for (const [bytes, data] of sent) {
          const result = recorder.run({ cdb: bytes, ...(data && { dataOut: data }), dataInLength: 4096 });
          if (result.status === "check-condition") {
            expect(result.sense).toHaveLength(18);
            expect(looks(recorder)).toBe(known);
          } else {
            expect(result.dataIn?.length ?? 0).toBeLessThanOrEqual(4096);
            known = looks(recorder);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it("are answered whatever goes wrong, and leave a disc whose state is sound", () => {
    fc.assert(
      fc.property(
        fc.array(fault, { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(cdb, dataOut), { minLength: 1, maxLength: 12 }),
        fc.nat(),
        (faults, sent, seed) => {
          recorder.restore(before);
          recorder.arm(faults, seed);
          for (const [bytes, data] of sent) {
            const result = answerOf(recorder, bytes, data);
            if (result?.status === "check-condition") expect(result.sense).toHaveLength(18);
            if (result === undefined) recorder.powerOn();
          }
          recorder.arm([]);
          recorder.powerOn();
          // A disc that is out comes back; a wrong one goes with the next load.
          for (const [opcode, load] of loads) {
            host.send(Uint8Array.from([opcode, 0, 0, 0, load, 0]));
            if (load === 3) host.ready();
          }
          recorder.powerCut();
          recorder.powerOn();
          host.ready();
          const { state } = contentOf(recorder.snapshot()).store;
          expect(checkState(state).filter(({ outcome }) => outcome !== "good")).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("end a session that is then still usable", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cdb, dataOut), { maxLength: 12 }), (sent) => {
        recorder.restore(before);
        for (const [bytes, data] of sent) recorder.run({ cdb: bytes, ...(data && { dataOut: data }) });
        recorder.powerCut();
        recorder.powerOn();
        host.ready();
        const { lastTrack } = host.disc();
        for (let number = 1; number <= lastTrack; number++) {
          const { start, size, nextWritableValid, nextWritable, freeBlocks } = host.track(number);
          if (nextWritableValid) expect(nextWritable + freeBlocks).toBe(start + size);
        }
      }),
      { numRuns: 40 },
    );
  });
});
