import type { Koffi } from "../com/runtime.ts";

/** Bytes of a page of memory. */
const PAGE_BYTES = 4096;

/**
 * Memory that begins on a page, so that a driver can transfer from and to it without a copy, and as the drive asks where it asks
 * for more. Grows, never shrinks.
 */
export class AlignedBuffer {
  readonly #koffi: Koffi;
  readonly #alignment: number;
  #bytes = new Uint8Array(0);

  /** `mask`: bits that an address may not have; of the form 2ⁿ − 1. */
  constructor(koffi: Koffi, mask = 0) {
    this.#koffi = koffi;
    this.#alignment = Math.max(PAGE_BYTES, mask + 1);
  }

  /** The first `length` bytes. They stay where they are until more is asked for. */
  take(length: number): Uint8Array {
    if (this.#bytes.length < length) this.#bytes = this.#allocate(length);
    return this.#bytes.subarray(0, length);
  }

  #allocate(length: number): Uint8Array<ArrayBuffer> {
    const memory = new Uint8Array(length + this.#alignment);
    const beyond = Number(BigInt(this.#koffi.address(memory)) % BigInt(this.#alignment));
    const start = beyond === 0 ? 0 : this.#alignment - beyond;
    return memory.subarray(start, start + length);
  }
}
