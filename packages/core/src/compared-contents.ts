import type { Lba } from "./units.ts";
import type { VerifyFault } from "./verify.ts";

/** Contents that were compared with their hashes, and what was found: where several sessions are verified none is read twice. */
export class ComparedContents {
  /** By first block, the first 32 bits of the hash: enough to tell two contents in one place apart. */
  readonly #hashes = new Map<Lba, number>();
  readonly #faults = new Map<Lba, VerifyFault>();

  /** Whether a content was compared. */
  has(at: Lba, hash: Uint8Array): boolean {
    return this.#hashes.get(at) === firstBits(hash);
  }

  /** What was found in a content that was compared: an object of its own for each session that has it. */
  faultAt(at: Lba): VerifyFault | undefined {
    const fault = this.#faults.get(at);
    return fault && { ...fault };
  }

  /** Notes what was found in a content. */
  add(at: Lba, hash: Uint8Array, fault: VerifyFault | undefined): void {
    this.#hashes.set(at, firstBits(hash));
    if (fault === undefined) this.#faults.delete(at);
    else this.#faults.set(at, fault);
  }
}

function firstBits({ buffer, byteOffset, byteLength }: Uint8Array): number {
  return new DataView(buffer, byteOffset, byteLength).getInt32(0);
}
