import type { Cell, ComRuntime, Koffi, Pointer } from "../../src/com/runtime.ts";

/** What the stand-in has given out and not got back. */
interface Ledger {
  strings: number;
  arrays: number;
  blocks: number;
}

/** A stand-in for the COM functions of Windows. */
export interface StandInRuntime extends ComRuntime {
  readonly ledger: Ledger;
  /** Has `createInstance` make objects of a class. `make` gives a pointer with one reference. */
  register(clsid: Uint8Array, make: (iid: Uint8Array) => Pointer): void;
}

/** What the stand-in cannot do by itself. */
export interface StandInHooks {
  /** Gives back an object in an array that is destroyed. */
  release(object: bigint): void;
  /** A stream that reads a file, with one reference. */
  openFile(path: string): bigint;
}

/** Bytes of an array's element by its type, as 64-bit Windows lays them out. */
const elementBytes: Readonly<Record<number, number>> = {
  2: 2,
  3: 4,
  8: 8,
  9: 8,
  11: 2,
  12: 24,
  13: 8,
  17: 1,
  18: 2,
  19: 4,
};
/** VT_BSTR, VT_DISPATCH, VT_VARIANT, VT_UNKNOWN */
const [BSTR, DISPATCH, VARIANT, UNKNOWN] = [8, 9, 12, 13];
const CLASS_NOT_REGISTERED = 0x8004_0154 | 0;
const NOT_IMPLEMENTED = 0x8000_4001 | 0;

/**
 * COM for systems that have none: strings, arrays and classes in the memory layouts of 64-bit Windows, with a count of all
 * that was not given back.
 */
export function standInRuntime(koffi: Koffi, { release, openFile }: StandInHooks): StandInRuntime {
  const ledger: Ledger = { strings: 0, arrays: 0, blocks: 0 };
  const classes = new Map<string, (iid: Uint8Array) => Pointer>();

  const zeroed = (bytes: number): bigint => {
    const at = BigInt(koffi.alloc("uint8_t", Math.max(1, bytes)));
    bytesAt(at, Math.max(1, bytes)).fill(0);
    return at;
  };
  const bytesAt = (at: bigint, bytes: number): Buffer<ArrayBuffer> => Buffer.from(koffi.view(at, bytes));
  const pointerAt = (at: bigint): Pointer => BigInt(koffi.decode.uint64(at)) || null;

  const freeString = (text: Pointer): void => {
    if (text === null) return;
    ledger.strings--;
    koffi.free(text - 4n);
  };
  const freeValue = (type: number, at: bigint): void => {
    if (type === VARIANT) {
      freeValue(koffi.decode.uint16(at), at + 8n);
      return;
    }
    const value = type === BSTR || type === DISPATCH || type === UNKNOWN ? pointerAt(at) : null;
    if (value === null) return;
    if (type === BSTR) freeString(value);
    else release(value);
  };

  // SAFEARRAY: u16 dimensions @0, u16 features @2, u32 element bytes @4, u32 locks @8, data @16, u32 elements @24,
  // i32 lower bound @28. With FADF_HAVEVARTYPE (80h) the type lies 4 bytes before.
  const typeOf = (array: bigint): number => koffi.decode.uint32(array - 4n);
  const elementsOf = (array: bigint): number => koffi.decode.uint32(array + 24n);
  const dataOf = (array: bigint): bigint => pointerAt(array + 16n) ?? 0n;
  const given = (array: Pointer): bigint => {
    if (array === null) throw new TypeError("no array");
    return array;
  };

  return {
    ledger,
    register: (clsid, make) => void classes.set(Buffer.from(clsid).toString("hex"), make),
    initialize: () => 0,
    uninitialize: () => {},
    createInstance(clsid, iid, object) {
      const make = classes.get(Buffer.from(clsid).toString("hex"));
      if (make === undefined) return CLASS_NOT_REGISTERED;
      object[0] = make(iid);
      return object[0] === null ? NOT_IMPLEMENTED : 0;
    },
    allocate(bytes) {
      ledger.blocks++;
      return zeroed(bytes);
    },
    free(pointer) {
      if (pointer === null) return;
      ledger.blocks--;
      koffi.free(pointer);
    },
    allocateString(text, length) {
      const at = zeroed(4 + 2 * length + 2);
      const bytes = bytesAt(at, 4 + 2 * length + 2);
      bytes.writeUInt32LE(2 * length, 0);
      bytes.write(text.slice(0, length), 4, "utf16le");
      ledger.strings++;
      return at + 4n;
    },
    freeString,
    stringLength: (text) => (text === null ? 0 : koffi.decode.uint32(text - 4n) / 2),
    createArray(type, lowerBound, elements) {
      const bytes = elementBytes[type] ?? 0;
      const array = zeroed(48) + 16n;
      koffi.encode(array - 4n, "uint32_t", type);
      const head = bytesAt(array, 32);
      head.writeUInt16LE(1, 0);
      head.writeUInt16LE(0x80, 2);
      head.writeUInt32LE(bytes, 4);
      head.writeBigUInt64LE(zeroed(bytes * elements), 16);
      head.writeUInt32LE(elements, 24);
      head.writeInt32LE(lowerBound, 28);
      ledger.arrays++;
      return array;
    },
    destroyArray(pointer) {
      const array = given(pointer);
      const type = typeOf(array);
      const bytes = BigInt(elementBytes[type] ?? 0);
      for (let index = 0; index < elementsOf(array); index++) freeValue(type, dataOf(array) + BigInt(index) * bytes);
      koffi.free(dataOf(array));
      koffi.free(array - 16n);
      ledger.arrays--;
      return 0;
    },
    arrayDimensions: (array) => koffi.decode.uint16(given(array)),
    arrayLowerBound: (array, _, bound) => put(bound, koffi.decode.int32(given(array) + 28n)),
    arrayUpperBound: (array, _, bound) =>
      put(bound, koffi.decode.int32(given(array) + 28n) + elementsOf(given(array)) - 1),
    arrayType: (array, type) => put(type, typeOf(given(array))),
    accessArray: (array, data) => put(data, dataOf(given(array))),
    unaccessArray: () => 0,
    openFileStream: (path, stream) => put(stream, openFile(path)),
  };
}

function put<T>(cell: Cell<T>, value: T): number {
  cell[0] = value;
  return 0;
}
