import { checkHresult } from "./hresult.ts";
import type { Memory } from "./memory.ts";
import type { ComRuntime, Pointer } from "./runtime.ts";

/** Types of automation values (`VARENUM`). */
const variantTypes = {
  empty: 0,
  null: 1,
  i2: 2,
  i4: 3,
  r8: 5,
  date: 7,
  bstr: 8,
  dispatch: 9,
  error: 10,
  bool: 11,
  variant: 12,
  unknown: 13,
  i1: 16,
  ui1: 17,
  ui2: 18,
  ui4: 19,
  i8: 20,
  int: 22,
  uint: 23,
} as const;

/** Set in a type: the value lies where the pointer in it leads to. */
const BY_REFERENCE = 0x4000;

/** Bytes of a VARIANT where pointers have 64 bits; its value begins at 8. */
export const VARIANT_BYTES = 24;

/** Bytes of one element of an array, by its type. */
const elementBytes: Readonly<Record<number, number>> = {
  [variantTypes.variant]: VARIANT_BYTES,
  [variantTypes.bstr]: 8,
  [variantTypes.dispatch]: 8,
  [variantTypes.unknown]: 8,
  [variantTypes.i4]: 4,
  [variantTypes.ui4]: 4,
  [variantTypes.int]: 4,
  [variantTypes.uint]: 4,
  [variantTypes.i2]: 2,
  [variantTypes.ui2]: 2,
  [variantTypes.ui1]: 1,
};

/** A value of automation in JavaScript. An object is its pointer. */
export type VariantValue = number | boolean | string | bigint | null;

/** Text, arrays and variants of automation, between native memory and JavaScript. */
export class Automation {
  readonly #memory: Memory;
  readonly #runtime: ComRuntime;

  constructor(memory: Memory, runtime: ComRuntime) {
    this.#memory = memory;
    this.#runtime = runtime;
  }

  /** The text of a BSTR, which stays its owner's. */
  text(bstr: Pointer): string {
    return bstr === null ? "" : this.#memory.text(bstr, this.#runtime.stringLength(bstr));
  }

  /** The text of a BSTR that is ours; frees it. */
  takeText(bstr: Pointer): string {
    try {
      return this.text(bstr);
    } finally {
      this.#runtime.freeString(bstr);
    }
  }

  /** A BSTR for a receiver that frees it. */
  newText(text: string): Pointer {
    return this.#runtime.allocateString(text, text.length);
  }

  /** The value of a VARIANT; text is copied, an object is borrowed. */
  variant(at: bigint): VariantValue {
    const type = this.#memory.uint16(at);
    if ((type & BY_REFERENCE) === 0) return this.#value(type, at + 8n);
    const place = this.#memory.pointer(at + 8n);
    return place === null ? null : this.#value(type & ~BY_REFERENCE, place);
  }

  /** Writes a VARIANT that its receiver clears. A number is a LONG; a pointer is an object, with a reference that becomes the receiver's. */
  putVariant(at: bigint, value: VariantValue): void {
    const memory = this.#memory;
    memory.bytes(at, VARIANT_BYTES).fill(0);
    const type = typeOf(value);
    memory.put(at, "uint16_t", type);
    if (typeof value === "number") memory.put(at + 8n, "int32_t", value);
    else if (typeof value === "boolean") memory.put(at + 8n, "int16_t", value ? -1 : 0);
    else if (typeof value === "string") memory.putPointer(at + 8n, this.newText(value));
    else if (typeof value === "bigint") memory.putPointer(at + 8n, value);
  }

  /** The elements of an array that is ours; destroys it. `keep` is called with each object before that, to take a reference. */
  takeArray(array: Pointer, keep: (object: bigint) => void): readonly VariantValue[] {
    if (array === null) return [];
    try {
      return this.#elements(array, keep);
    } finally {
      this.#runtime.destroyArray(array);
    }
  }

  /** The elements of an array that stays its owner's; objects are borrowed. */
  array(array: Pointer): readonly VariantValue[] {
    return array === null ? [] : this.#elements(array, () => {});
  }

  /** A one-dimensional array of VARIANTs, as IMAPI2 exchanges them. Objects: see {@link putVariant}. */
  newArray(values: readonly VariantValue[]): Pointer {
    const runtime = this.#runtime;
    const array = runtime.createArray(variantTypes.variant, 0, values.length);
    const data: [Pointer] = [null];
    checkHresult(runtime.accessArray(array, data), "SafeArrayAccessData");
    for (const [index, value] of values.entries())
      this.putVariant((data[0] ?? 0n) + BigInt(index * VARIANT_BYTES), value);
    checkHresult(runtime.unaccessArray(array), "SafeArrayUnaccessData");
    return array;
  }

  /** Frees an array and all that its elements own. */
  destroyArray(array: Pointer): void {
    if (array !== null) this.#runtime.destroyArray(array);
  }

  #elements(array: bigint, keep: (object: bigint) => void): readonly VariantValue[] {
    const runtime = this.#runtime;
    if (runtime.arrayDimensions(array) !== 1) throw new TypeError("An array of more than one dimension");
    const [first, last, type]: [[number], [number], [number]] = [[0], [0], [0]];
    const data: [Pointer] = [null];
    checkHresult(runtime.arrayLowerBound(array, 1, first), "SafeArrayGetLBound");
    checkHresult(runtime.arrayUpperBound(array, 1, last), "SafeArrayGetUBound");
    checkHresult(runtime.arrayType(array, type), "SafeArrayGetVartype");
    const bytes = elementBytes[type[0]];
    if (bytes === undefined) throw new TypeError(`An array of values of type ${type[0]}`);
    checkHresult(runtime.accessArray(array, data), "SafeArrayAccessData");
    try {
      const values = Array.from({ length: last[0] - first[0] + 1 }, (_, index) =>
        this.#value(type[0], (data[0] ?? 0n) + BigInt(index * bytes)),
      );
      for (const value of values) if (typeof value === "bigint") keep(value);
      return values;
    } finally {
      runtime.unaccessArray(array);
    }
  }

  #value(type: number, at: bigint): VariantValue {
    const memory = this.#memory;
    switch (type) {
      case variantTypes.empty:
      case variantTypes.null:
        return null;
      case variantTypes.i4:
      case variantTypes.int:
      case variantTypes.error:
        return memory.int32(at);
      case variantTypes.ui4:
      case variantTypes.uint:
        return memory.uint32(at);
      case variantTypes.r8:
        return memory.double(at);
      case variantTypes.i2:
        return memory.int16(at);
      case variantTypes.ui2:
        return memory.uint16(at);
      case variantTypes.ui1:
        return memory.bytes(at, 1)[0] ?? 0;
      case variantTypes.bool:
        return memory.int16(at) !== 0;
      case variantTypes.bstr:
        return this.text(memory.pointer(at));
      case variantTypes.dispatch:
      case variantTypes.unknown:
        return memory.pointer(at);
      case variantTypes.variant:
        return this.variant(at);
      default:
        throw new TypeError(`A value of type ${type}`);
    }
  }
}

function typeOf(value: VariantValue): number {
  switch (typeof value) {
    case "number":
      return variantTypes.i4;
    case "boolean":
      return variantTypes.bool;
    case "string":
      return variantTypes.bstr;
    case "bigint":
      return variantTypes.dispatch;
    default:
      return variantTypes.empty;
  }
}
