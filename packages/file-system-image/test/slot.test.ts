import { BLOCK_BYTES, blocksOf } from "@multisession/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Slot } from "../src/read-ahead/slot.ts";

/** Files of one filling, by their lengths; or what somebody else fills the whole memory with. */
const filling = fc.oneof(
  fc.record({ files: fc.array(fc.integer({ min: 0, max: 3 * BLOCK_BYTES + 1 }), { maxLength: 12 }) }),
  fc.record({ by: fc.integer({ min: 0, max: 255 }) }),
);

it("a file in a slot has zeros behind it up to the end of its last block, whatever was there before", () => {
  fc.assert(
    fc.property(fc.array(filling, { maxLength: 8 }), (fillings) => {
      const slot = new Slot();
      for (const one of fillings) {
        if ("by" in one) {
          new Uint8Array(slot.lend()).fill(one.by);
          continue;
        }
        const offsets: number[] = [];
        let end = 0;
        for (const length of one.files) {
          slot.put(Buffer.alloc(length, 0xee), end);
          offsets.push(end);
          end += blocksOf(length) * BLOCK_BYTES;
        }
        const expected = Buffer.alloc(end);
        for (const [index, length] of one.files.entries())
          expected.fill(0xee, offsets[index] as number, (offsets[index] as number) + length);
        expect(slot.bytes.subarray(0, end).equals(expected)).toBe(true);
      }
    }),
  );
});

it("files that fill it to its last whole block fit", () => {
  const slot = new Slot();
  slot.lend();
  const end = slot.bytes.length - 1;
  slot.put(Buffer.alloc(end, 1), 0);
  slot.put(Buffer.alloc(0), end);
  expect(slot.bytes.subarray(0, end).equals(Buffer.alloc(end, 1))).toBe(true);
});
