/** How the values of a field look, for tests and documentation that walk over a layout. */
export type FieldKind = "unsigned" | "signed" | "flag" | "text" | "bytes";

/** One field of a byte layout: where it lies, and how it is read and written. */
export interface Field<T> {
  /** Which values the field holds. */
  readonly kind: FieldKind;
  /** Size of the field in bits. */
  readonly width: number;
  /** First byte of the field. */
  readonly at: number;
  /** Highest bit of the field in that byte; 7 for whole bytes. */
  readonly bit: number;
  /** First byte behind the field. */
  readonly end: number;
  /** Reads the field; bytes that are missing count as zero. */
  read(bytes: Uint8Array): T;
  /** Writes the field. @throws `TypeError` when the value does not fit. */
  write(bytes: Uint8Array, value: T): void;
}

/** The fields of a layout by name. */
export type Fields = Readonly<Record<string, Field<number> | Field<boolean> | Field<string> | Field<Uint8Array>>>;

/** The values of a layout, one for each field. */
export type Values<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Bytes to values and back. */
export interface Codec<T, Input = T> {
  /** Never throws: what is missing in `bytes` reads as zero, empty or absent. */
  parse(bytes: Uint8Array): T;
  /** @throws `TypeError` when a value does not fit its field. */
  build(values: Input): Uint8Array;
}

/** What a layout or another codec reads. */
export type ValuesOf<C extends Pick<Codec<unknown>, "parse">> = ReturnType<C["parse"]>;

/** A byte layout, stated once and used in both directions. Numbers are big-endian. */
export interface Struct<F extends Fields> extends Codec<Values<F>, Partial<Values<F>>> {
  /** The layout itself. */
  readonly fields: F;
  /** Bytes that `build` makes. */
  readonly size: number;
  /** What `build` puts into fields that are left out; all others are zero. */
  readonly defaults: Partial<Values<F>>;
}

/** What a layout can say beside its fields. */
export interface StructOptions<F extends Fields> {
  /** Bytes that `build` makes, when that is more than the fields cover. */
  readonly size?: number;
  /** What `build` puts into fields that are left out. */
  readonly defaults?: Partial<Values<F>>;
}

/** Makes a layout of fields. */
export function struct<const F extends Fields>(fields: F, options: StructOptions<F> = {}): Struct<F> {
  const entries = Object.entries(fields) as [string, Field<unknown>][];
  const size = Math.max(options.size ?? 0, ...entries.map(([, field]) => field.end));
  const defaults = options.defaults ?? {};
  const given: Readonly<Record<string, unknown>> = defaults;
  return {
    fields,
    size,
    defaults,
    parse(bytes) {
      const values: Record<string, unknown> = {};
      for (const [name, field] of entries) values[name] = field.read(bytes);
      return values as Values<F>;
    },
    build(values) {
      const bytes = new Uint8Array(size);
      const wanted: Readonly<Record<string, unknown>> = values;
      for (const [name, field] of entries) {
        const value = name in wanted ? wanted[name] : given[name];
        if (value === undefined) continue;
        try {
          field.write(bytes, value);
        } catch (cause) {
          throw new TypeError(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        }
      }
      return bytes;
    },
  };
}

function check(value: number, low: number, high: number): void {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    throw new TypeError(`must be a whole number from ${low} to ${high}, not ${value}`);
  }
}

/** An unsigned number over the given bytes, highest first. */
function unsigned(places: readonly number[]): Field<number> {
  const limit = 256 ** places.length;
  const lowestFirst = places.toReversed();
  return {
    kind: "unsigned",
    width: 8 * places.length,
    at: Math.min(...places),
    bit: 7,
    end: Math.max(...places) + 1,
    read(bytes) {
      let value = 0;
      for (const place of places) value = value * 256 + (bytes[place] ?? 0);
      return value;
    },
    write(bytes, value) {
      check(value, 0, limit - 1);
      let rest = value;
      for (const place of lowestFirst) {
        bytes[place] = rest % 256;
        rest = Math.floor(rest / 256);
      }
    },
  };
}

/** One byte. */
export function u8(at: number): Field<number> {
  return unsigned([at]);
}

/** Two bytes, unsigned. */
export function u16(at: number): Field<number> {
  return unsigned([at, at + 1]);
}

/** Three bytes, unsigned. */
export function u24(at: number): Field<number> {
  return unsigned([at, at + 1, at + 2]);
}

/** Four bytes, unsigned. */
export function u32(at: number): Field<number> {
  return unsigned([at, at + 1, at + 2, at + 3]);
}

/** Two bytes that do not lie together: MMC has given many one-byte counts a high byte later. */
export function splitU16(low: number, high: number): Field<number> {
  return unsigned([high, low]);
}

/** Four bytes, two's complement: an address that may be negative (a CD's lead-in). */
export function i32(at: number): Field<number> {
  const raw = u32(at);
  return {
    kind: "signed",
    width: 32,
    at,
    bit: 7,
    end: raw.end,
    read: (bytes) => raw.read(bytes) | 0,
    write(bytes, value) {
      check(value, -0x8000_0000, 0x7fff_ffff);
      raw.write(bytes, value >>> 0);
    },
  };
}

/** Bits `high` to `low` of one byte. */
export function bits(at: number, high: number, low: number): Field<number> {
  const width = high - low + 1;
  const mask = (1 << width) - 1;
  return {
    kind: "unsigned",
    width,
    at,
    bit: high,
    end: at + 1,
    read: (bytes) => ((bytes[at] ?? 0) >> low) & mask,
    write(bytes, value) {
      check(value, 0, mask);
      bytes[at] = ((bytes[at] ?? 0) & ~(mask << low)) | (value << low);
    },
  };
}

/** One bit of one byte. */
export function bit(at: number, place: number): Field<boolean> {
  const raw = bits(at, place, place);
  return {
    kind: "flag",
    width: 1,
    at,
    bit: place,
    end: raw.end,
    read: (bytes) => raw.read(bytes) === 1,
    write: (bytes, value) => raw.write(bytes, value ? 1 : 0),
  };
}

/** ASCII of fixed length, filled up with spaces. Reading drops the fill and shows what is not printable as `?`. */
export function text(at: number, length: number): Field<string> {
  return {
    kind: "text",
    width: 8 * length,
    at,
    bit: 7,
    end: at + length,
    read: (bytes) => printable(bytes.subarray(at, at + length)),
    write(bytes, value) {
      if (!/^[\x20-\x7e]*$/.test(value) || value.length > length) {
        throw new TypeError(`must be at most ${length} printable ASCII characters, not ${JSON.stringify(value)}`);
      }
      for (let i = 0; i < length; i++) bytes[at + i] = i < value.length ? value.charCodeAt(i) : 0x20;
    },
  };
}

/** Bytes of fixed length as they lie. */
export function raw(at: number, length: number): Field<Uint8Array> {
  return {
    kind: "bytes",
    width: 8 * length,
    at,
    bit: 7,
    end: at + length,
    read(bytes) {
      const value = new Uint8Array(length);
      value.set(bytes.subarray(at, at + length));
      return value;
    },
    write(bytes, value) {
      if (value.length > length) throw new TypeError(`must be at most ${length} bytes, not ${value.length}`);
      bytes.set(value, at);
    },
  };
}

/** Text of a device or medium: NULs and spaces at the end dropped, what is not printable ASCII as `?`. */
export function printable(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0 || bytes[end - 1] === 0x20)) end--;
  return Array.from(bytes.subarray(0, end), (byte) =>
    byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : "?",
  ).join("");
}

/** Parts one after another. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Cuts whole entries of `size` bytes; a rest that is too short is left out. */
export function entriesOf(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
