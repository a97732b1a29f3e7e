import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_NAME_BYTES, nameEntries } from "../src/rock-ridge.ts";

/** The text of each NM entry. */
const textsOf = (name: string, firstBytes: number): Buffer[] =>
  nameEntries(name, firstBytes).map((entry) => entry.subarray(5));

describe("a name in entries of Rock Ridge", () => {
  it("is whole, and no entry begins before the 253rd byte and ends behind it, or inside a character", () => {
    const characters = fc.constantFrom("a", "é", "漢", "🙂");
    const names = fc.array(characters, { minLength: 1, maxLength: 300 }).map((list) => list.join(""));
    fc.assert(
      fc.property(names, fc.integer({ min: 9, max: 254 }), (name, firstBytes) => {
        const entries = nameEntries(name, firstBytes);
        const texts = textsOf(name, firstBytes);
        expect(Buffer.concat(texts).toString()).toBe(name);
        expect(entries[0]?.length).toBeLessThanOrEqual(firstBytes);
        expect(entries.map((entry) => entry[4])).toEqual(entries.map((_, index) => Number(index < entries.length - 1)));
        for (const text of texts) expect(Buffer.from(text.toString())).toEqual(text);
        let at = 0;
        for (const text of texts) {
          const end = at + text.length;
          expect(at < MAX_NAME_BYTES - 3 && end > MAX_NAME_BYTES).toBe(false);
          at = end;
        }
      }),
    );
  });

  it.each([
    ["253 bytes in two entries, of which the first has room for 100", "x".repeat(253), [100, 153]],
    ["254 bytes in three", "x".repeat(254), [100, 153, 1]],
    ["255 bytes, of characters of three, too", "漢".repeat(85), [99, 153, 3]],
    ["500 bytes", "x".repeat(500), [100, 153, 247]],
  ])("has %s", (_, name, lengths) => {
    expect(textsOf(name, 105).map(({ length }) => length)).toEqual(lengths);
  });
});
