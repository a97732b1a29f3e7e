import fc from "fast-check";
import { expect, it } from "vitest";
import { pieces } from "../src/pieces.ts";

it("pieces cover a range without gaps, are never too large, and end at units except where they cannot", () => {
  const size = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(500), size, size, (at, blocks, most, unit) => {
      const cut = pieces(at, blocks, most, unit);
      let next = at;
      for (const piece of cut) {
        expect(piece.at).toBe(next);
        expect(piece.blocks).toBeGreaterThan(0);
        expect(piece.blocks).toBeLessThanOrEqual(most);
        next += piece.blocks;
        if (most >= unit && next < at + blocks) expect(next % unit).toBe(0);
      }
      expect(next).toBe(at + blocks);
    }),
  );
});
