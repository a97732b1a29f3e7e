import fc from "fast-check";
import { expect, it } from "vitest";
import { putUtf8, utf8Bytes } from "../src/utf8.ts";

it("text is counted and written as Node.js does it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 40 }), (any, ascii) => {
      for (const text of [any, ascii, ascii + any]) {
        const expected = Buffer.from(text);
        expect(utf8Bytes(text)).toBe(expected.length);
        const bytes = Buffer.alloc(expected.length + 2, 0xff);
        putUtf8(bytes, 1, text, expected.length);
        expect(bytes).toEqual(Buffer.concat([Buffer.of(0xff), expected, Buffer.of(0xff)]));
      }
    }),
  );
});
