import type { Koffi } from "../com/runtime.ts";

/** Bytes of a page of memory, which every alignment that a drive asks for divides. */
const PAGE_BYTES = 4096;

/** Memory that begins on a page, so that a driver can transfer from and to it without a copy. Grows, never shrinks. */
export class AlignedBuffer {
  readonly #koffi: Koffi;
  #bytes = new Uint8Array(0);

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
  }

  /** The first `length` bytes. They stay where they are until more is asked for. */
  take(length: number): Uint8Array {
    if (this.#bytes.length < length) this.#bytes = this.#allocate(length);
    return this.#bytes.subarray(0, length);
  }

  #allocate(length: number): Uint8Array<ArrayBuffer> {
    const memory = new Uint8Array(length + PAGE_BYTES);
    const beyond = Number(BigInt(this.#koffi.address(memory)) % BigInt(PAGE_BYTES));
    const start = beyond === 0 ? 0 : PAGE_BYTES - beyond;
    return memory.subarray(start, start + length);
  }
}
