import type { VirtualRecorder } from "@multisession/driver-virtual";
import {
  blank,
  blankTypes,
  closeFunctions,
  closeTrackSession,
  configuration,
  configurationRequests,
  discInformation,
  getConfiguration,
  read10,
  readDiscInformation,
  readTrackInformation,
  synchronizeCache,
  testUnitReady,
  trackAddressTypes,
  trackInformation,
  write10,
} from "@multisession/mmc";
import { ComError } from "../../src/com/hresult.ts";

/** Blocks of one write. */
const PIECE = 32;

/** The commands of a burning program, sent one after another; what IMAPI2 does inside. */
export class StandInBurner {
  readonly #recorder: VirtualRecorder;

  constructor(recorder: VirtualRecorder) {
    this.#recorder = recorder;
    while (this.#run(testUnitReady.build({})) === undefined);
  }

  /** 0 empty, 1 appendable, 2 complete, 3 overwritable. */
  get status(): number {
    return this.#information().discStatus;
  }

  /** Whether blocks are overwritten where they lie: DVD-RAM, DVD-RW restricted overwrite, DVD+RW, BD-RE. */
  get isOverwritable(): boolean {
    const cdb = getConfiguration.build({ requestType: configurationRequests.one, allocationLength: 8 });
    return [0x12, 0x13, 0x1a, 0x43].includes(configuration.parse(this.#data(cdb, 8)).profile);
  }

  get isSessionOpen(): boolean {
    return this.#information().lastSessionState === 1;
  }

  /** The track that takes the next session. */
  get openTrack() {
    const { lastTrack } = this.#information();
    const cdb = readTrackInformation.build({
      addressType: trackAddressTypes.track,
      number: lastTrack,
      allocationLength: trackInformation.size,
    });
    return trackInformation.parse(this.#data(cdb, trackInformation.size));
  }

  /** First and last block of the last closed session; −1 for none. */
  get previousSession(): { readonly start: number; readonly end: number } {
    const { sessions } = this.#information();
    if (this.isOverwritable || sessions < 2) return { start: -1, end: -1 };
    const cdb = readTrackInformation.build({
      addressType: trackAddressTypes.session,
      number: sessions - 1,
      allocationLength: trackInformation.size,
    });
    const { start, size } = trackInformation.parse(this.#data(cdb, trackInformation.size));
    return { start, end: start + size - 1 };
  }

  /** Writes blocks from `at` on; `told` hears of each piece, and ends it by giving `false`. */
  write(
    at: number,
    blocks: number,
    read: (from: number, count: number) => Uint8Array,
    told: (done: number) => boolean,
  ) {
    for (let done = 0; done < blocks; done += PIECE) {
      if (!told(done)) throw new ComError(0xc0aa_0002, "cancelled");
      const count = Math.min(PIECE, blocks - done);
      this.#must(write10.build({ lba: at + done, blocks: count }), read(done, count));
    }
    this.#must(synchronizeCache.build({}));
    this.#wait();
  }

  close(isForGood: boolean): void {
    const { trackNumber } = this.openTrack;
    const steps = [
      { function: closeFunctions.track, number: trackNumber },
      { function: isForGood ? closeFunctions.finalize : closeFunctions.session, number: 0 },
    ];
    for (const step of steps) {
      this.#must(closeTrackSession.build(step));
      this.#wait();
    }
  }

  erase(isFull: boolean): void {
    if (!this.#information().erasable) throw new ComError(0x80aa_0904, "not erasable");
    this.#must(blank.build({ type: isFull ? blankTypes.full : blankTypes.minimal }));
    this.#wait();
  }

  read(at: number, blocks: number): Uint8Array {
    return this.#data(read10.build({ lba: at, blocks }), blocks * 2048);
  }

  #information() {
    const cdb = readDiscInformation.build({ allocationLength: discInformation.size });
    return discInformation.parse(this.#data(cdb, discInformation.size));
  }

  #wait(): void {
    while (this.#run(testUnitReady.build({})) === undefined);
  }

  #must(cdb: Uint8Array, dataOut?: Uint8Array): void {
    if (this.#run(cdb, dataOut) === undefined) throw new ComError(0xc0aa_0301, "refused");
  }

  #data(cdb: Uint8Array, dataInLength: number): Uint8Array {
    const data = this.#run(cdb, undefined, dataInLength);
    if (data === undefined) throw new ComError(0xc0aa_02ff, "no data");
    const whole = new Uint8Array(dataInLength);
    whole.set(data);
    return whole;
  }

  #run(cdb: Uint8Array, dataOut?: Uint8Array, dataInLength?: number): Uint8Array | undefined {
    const { status, dataIn } = this.#recorder.run({
      cdb,
      ...(dataOut && { dataOut }),
      ...(dataInLength !== undefined && { dataInLength }),
    });
    return status === "good" ? (dataIn ?? new Uint8Array()) : undefined;
  }
}
