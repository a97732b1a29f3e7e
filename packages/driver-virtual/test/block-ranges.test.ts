import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockRanges } from "../src/index.ts";

describe("ranges of blocks", () => {
  it("hold the blocks that were added, in order and apart", () => {
    const added = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 12 })), { maxLength: 30 });
    fc.assert(
      fc.property(added, fc.nat(70), fc.integer({ min: 1, max: 8 }), (all, at, count) => {
        const ranges = new BlockRanges();
        const blocks = new Set<number>();
        for (const [from, length] of all) {
          ranges.add(from, from + length);
          for (let block = from; block < from + length; block++) blocks.add(block);
        }
        expect(ranges.blocks).toBe(blocks.size);
        expect(ranges.end).toBe(blocks.size === 0 ? 0 : Math.max(...blocks) + 1);
        ranges.ranges.forEach(([from, to], index) => {
          expect(from).toBeLessThan(to);
          expect(from).toBeGreaterThan(ranges.ranges[index - 1]?.[1] ?? -1);
        });
        const isHeld = Array.from({ length: count }, (_, index) => at + index).every((block) => blocks.has(block));
        expect(ranges.holds(at, at + count)).toBe(isHeld);
      }),
    );
  });
});
