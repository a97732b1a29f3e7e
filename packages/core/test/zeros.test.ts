import fc from "fast-check";
import { expect, it } from "vitest";
import { isZeros } from "../src/zeros.ts";

it("tells zeros from everything else", () => {
  expect(isZeros(new Uint8Array(0))).toBe(true);
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(), fc.nat(255), (length, place, value) => {
      const bytes = new Uint8Array(length);
      expect(isZeros(bytes)).toBe(true);
      if (length > 0) bytes[place % length] = value;
      expect(isZeros(bytes)).toBe(length === 0 || value === 0);
      expect(isZeros(new Uint8Array(length).fill(value))).toBe(length === 0 || value === 0);
    }),
  );
});
