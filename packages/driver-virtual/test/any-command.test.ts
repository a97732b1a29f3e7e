import { modeData, modeSelect10, writeParametersPage } from "@multisession/mmc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createVirtualRecorder,
  discImage,
  type VirtualMediumId,
  type VirtualRecorder,
  virtualMedia,
} from "../src/index.ts";
import { commands } from "../src/recorder/command-table.ts";
import { contentOf } from "../src/recorder/virtual-recorder.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

/** Mode page 05h as a CD or a DVD-R needs it before the first write. */
function setPage(host: Initiator, writeType: number): void {
  const page = writeParametersPage.build({ writeType, multisession: 3, dataBlockType: 8 });
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
  const { condition, map, orphans, unreadable, ...rest } = buffer.state;
  const state = {
    ...rest,
    table: 0,
    condition: condition.id,
    map: [...map],
    orphans: [...orphans],
    bad: [...unreadable],
  };
  const image = Buffer.from(discImage(recorder)).toString("base64");
  return JSON.stringify({ state, image, durable: store.state.tracks });
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
