import type { Koffi, Pointer } from "./runtime.ts";

/** Reads and writes native memory. An address is a `bigint`. */
export class Memory {
  readonly #koffi: Koffi;

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
  }

  /** The bytes at an address, in place: what native code writes shows in them. */
  bytes(at: bigint, length: number): Buffer<ArrayBuffer> {
    return Buffer.from(this.#koffi.view(at, length));
  }

  /** The pointer stored at an address. */
  pointer(at: bigint): Pointer {
    const value = BigInt(this.#koffi.decode.uint64(at));
    return value === 0n ? null : value;
  }

  int16(at: bigint): number {
    return this.#koffi.decode.int16(at);
  }

  uint16(at: bigint): number {
    return this.#koffi.decode.uint16(at);
  }

  int32(at: bigint): number {
    return this.#koffi.decode.int32(at);
  }

  uint32(at: bigint): number {
    return this.#koffi.decode.uint32(at);
  }

  double(at: bigint): number {
    return this.#koffi.decode.double(at);
  }

  /** UTF-16 text of a known length. */
  text(at: bigint, units: number): string {
    return units === 0 ? "" : this.#koffi.decode.string16(at, units);
  }

  /** UTF-16 text up to its zero. */
  zeroEndedText(at: bigint): string {
    return this.#koffi.decode.string16(at);
  }

  /** Writes a value of a C type. */
  put(at: bigint, type: "int16_t" | "uint16_t" | "int32_t" | "uint32_t" | "double", value: number): void {
    this.#koffi.encode(at, type, value);
  }

  putPointer(at: bigint, value: Pointer): void {
    this.#koffi.encode(at, "void *", value);
  }

  putInt64(at: bigint, value: bigint): void {
    this.#koffi.encode(at, "int64_t", value);
  }
}
