import {
  closeTrackSession,
  discInformation,
  formatParameters,
  formatUnit,
  parseSense,
  read10,
  readDiscInformation,
  readTrackInformation,
  reserveTrack,
  type ScsiResult,
  senseOf,
  synchronizeCache,
  testUnitReady,
  trackInformation,
  write10,
} from "@multisession/mmc";
import type { VirtualRecorder } from "../../src/index.ts";

/** `5/21/02`, with the block when one is named: `5/21/02@64`. */
function senseText(result: ScsiResult): string {
  if (result.sense === undefined) return "good";
  const { key, asc, ascq, at } = senseOf(parseSense(result.sense));
  const hex = (value: number): string => value.toString(16).padStart(2, "0");
  return `${key.toString(16)}/${hex(asc)}/${hex(ascq)}${at === undefined ? "" : `@${at}`}`;
}

/** Data that tells the block and the write it came with. */
export function blocksOf(count: number, mark: number): Uint8Array {
  const bytes = new Uint8Array(count * 2048);
  for (let block = 0; block < count; block++) {
    new DataView(bytes.buffer).setUint32(block * 2048, mark * 0x1_0000 + block);
    bytes.fill(mark & 0xff, block * 2048 + 4, (block + 1) * 2048);
  }
  return bytes;
}

/** Which blocks these are, as `blocksOf` made them: `mark.number`, `-` for zeros, `?` for anything else. */
export function marksOf(bytes: Uint8Array | string): readonly string[] {
  if (typeof bytes === "string") return [bytes];
  return Array.from({ length: bytes.length / 2048 }, (_, index) => {
    const block = bytes.subarray(index * 2048, (index + 1) * 2048);
    const head = new DataView(block.buffer, block.byteOffset).getUint32(0);
    const fill = block[4] ?? 0;
    // All the same: equal to itself moved by one.
    if (Buffer.compare(block.subarray(4, -1), block.subarray(5)) !== 0) return "?";
    if (fill === 0) return head === 0 ? "-" : "?";
    return fill === ((head >>> 16) & 0xff) ? `${head >>> 16}.${head & 0xffff}` : "?";
  });
}

/** The marks of `count` blocks of one write. */
export function marks(count: number, mark: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${mark}.${from + index}`);
}

/** Speaks to a recorder as a host does; every method answers the sense in short, `good` when there is none. */
export class Initiator {
  readonly recorder: VirtualRecorder;

  constructor(recorder: VirtualRecorder) {
    this.recorder = recorder;
    this.ready();
  }

  /** Takes what the recorder has to tell after a load. */
  ready(): void {
    while (this.send(testUnitReady.build({})) !== "good");
  }

  send(cdb: Uint8Array, dataOut?: Uint8Array): string {
    return senseText(this.recorder.run({ cdb, ...(dataOut && { dataOut }) }));
  }

  data(cdb: Uint8Array): Uint8Array {
    const result = this.recorder.run({ cdb });
    if (result.dataIn === undefined) throw new Error(`no data: ${senseText(result)}`);
    return result.dataIn;
  }

  hex(cdb: Uint8Array): string {
    return Buffer.from(this.data(cdb)).toString("hex");
  }

  write(lba: number, data: Uint8Array): string {
    return this.send(write10.build({ lba, blocks: data.length / 2048 }), data);
  }

  read(lba: number, blocks: number): Uint8Array | string {
    const result = this.recorder.run({ cdb: read10.build({ lba, blocks }) });
    return result.dataIn ?? senseText(result);
  }

  sync(): string {
    return this.send(synchronizeCache.build({}));
  }

  close(fn: number, number = 0): string {
    return this.send(closeTrackSession.build({ function: fn, number }));
  }

  reserve(blocks: number): string {
    return this.send(reserveTrack.build({ blocks }));
  }

  format(type: number, subType = 0, blocks = 0xffff_ffff): string {
    return this.send(formatUnit.build({}), formatParameters.build({ type, subType, blocks, immediate: true }));
  }

  disc(): ReturnType<typeof discInformation.parse> {
    return discInformation.parse(this.data(readDiscInformation.build({ allocationLength: 34 })));
  }

  track(number: number): ReturnType<typeof trackInformation.parse> {
    const cdb = readTrackInformation.build({ addressType: 1, number, allocationLength: 36 });
    return trackInformation.parse(this.data(cdb));
  }
}
