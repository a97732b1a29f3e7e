import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { HashList } from "../src/hash-list.ts";

const hashOf = (id: number): Uint8Array => createHash("sha256").update(String(id)).digest();

describe("a list of hashes", () => {
  it("gives what was set, one at a time or many together, and nothing else", () => {
    const list = new HashList(32);
    const many = Array.from({ length: 10_000 }, (_, index) => hashOf(4000 + index));
    list.set(4000, Buffer.concat(many));
    list.set(3, hashOf(3));
    list.set(1_000_000, hashOf(1_000_000));
    for (const id of [3, 4000, 4095, 4096, 8191, 8192, 13_999, 1_000_000])
      expect(Buffer.from(list.get(id) ?? [])).toEqual(hashOf(id));
    for (const id of [0, 2, 4, 3999, 14_000, 999_999, 1_000_001]) expect(list.get(id)).toBeUndefined();
    list.set(4096, hashOf(1));
    expect(Buffer.from(list.get(4096) ?? [])).toEqual(hashOf(1));
    expect(Buffer.from(list.get(4097) ?? [])).toEqual(hashOf(4097));
  });
});
