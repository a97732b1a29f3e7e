import {
  decodeManifest,
  decodeSessionRecord,
  decodeTrailer,
  encodeManifest,
  encodeSessionRecord,
  encodeTrailer,
  type ManifestEntry,
  manifestBlocks,
} from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manifestPieces } from "../src/manifest.ts";

const u32 = fc.integer({ min: 0, max: 0xffff_fffe });
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => Buffer.from(value).toString("hex"));
const record = fc.record({
  life: hex(16),
  nonce: hex(8),
  time: fc.integer({ min: 0, max: 2 ** 45 }),
  sequence: u32,
  start: u32,
  end: u32,
  trailerAt: u32,
});
const trailer = fc
  .tuple(
    record,
    fc.record({ contentStart: u32, contentEnd: u32, manifestAt: u32, manifestBlocks: u32, metadataSha256: hex(32) }),
  )
  .map(([a, b]) => ({ ...a, ...b }));
const manifest = fc.record({
  entries: fc.array(
    fc.record({
      at: u32,
      bytes: fc.integer({ min: 0, max: 2 ** 45 }),
      sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      isDamaged: fc.boolean(),
    }),
    { maxLength: 100 },
  ),
  previous: u32,
});

describe("what a session says of itself", () => {
  it("comes back as it was written", () => {
    fc.assert(
      fc.property(record, (value) => void expect(decodeSessionRecord(encodeSessionRecord(value))).toEqual(value)),
    );
    fc.assert(fc.property(trailer, (value) => void expect(decodeTrailer(encodeTrailer(value))).toEqual(value)));
    fc.assert(
      fc.property(
        manifest,
        (value) =>
          void expect(decodeManifest(encodeManifest(value.entries.length, value.entries, value.previous))).toEqual(
            value,
          ),
      ),
    );
  });

  it("has MD5 sums in a manifest of version 2", () => {
    const summed = manifest.chain(({ entries, previous }) =>
      fc
        .array(fc.uint8Array({ minLength: 16, maxLength: 16 }), {
          minLength: entries.length,
          maxLength: entries.length,
        })
        .map((sums) => ({
          entries: entries.map((entry, index) => ({ ...entry, md5: sums[index] as Uint8Array })),
          previous,
        })),
    );
    fc.assert(
      fc.property(summed, ({ entries, previous }) => {
        expect(decodeManifest(encodeManifest(entries.length, entries, previous, 2))).toEqual({ entries, previous });
      }),
    );
  });

  it("is encoded from entries that can be walked only once", () => {
    const entries = [{ at: 20, bytes: 3, sha256: new Uint8Array(32).fill(1), isDamaged: false }];
    expect(decodeManifest(encodeManifest(1, entries.values()))).toEqual({ entries });
  });

  it.each([
    [128 * 1024, 1],
    [128 * 1024 + 1, 2],
  ])("has its %i entries made %i times", (count, times) => {
    const entry = { at: 20, bytes: 3, sha256: new Uint8Array(32).fill(1), isDamaged: false };
    let walks = 0;
    function* entries(): Generator<ManifestEntry> {
      walks += 1;
      for (let index = 0; index < count; index++) yield entry;
    }
    const pieces = [...manifestPieces(count, entries)];
    expect(walks).toBe(times);
    const read = decodeManifest(Buffer.concat(pieces));
    expect([read?.entries.length, read?.entries.at(-1)]).toEqual([count, entry]);
  });

  it("is not believed with any one byte changed", () => {
    fc.assert(
      fc.property(trailer, fc.nat(2047), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
        const bytes = encodeTrailer(value);
        bytes[at] = (bytes[at] as number) ^ change;
        expect(decodeTrailer(bytes)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(record, fc.nat(63), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
        const bytes = encodeSessionRecord(value);
        bytes[at] = (bytes[at] as number) ^ change;
        expect(decodeSessionRecord(bytes)).toBeUndefined();
      }),
    );
  });

  it("is read from any bytes without failing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
        for (const magic of ["MSESSION", "MSTRAILR", "MSMANIFS"]) {
          const marked = Buffer.concat([Buffer.from(magic), bytes]);
          decodeSessionRecord(marked);
          decodeTrailer(marked);
          decodeManifest(marked);
        }
      }),
    );
  });

  it("needs a known number of blocks", () => {
    expect([0, 1, 41, 42, 100_000].map((entries) => manifestBlocks(entries))).toEqual([1, 1, 1, 2, 2344]);
    expect([0, 1, 31, 32, 100_000].map((entries) => manifestBlocks(entries, 2))).toEqual([1, 1, 1, 2, 3126]);
    expect(encodeManifest(0, [])).toHaveLength(2048);
  });
});
