import fc from "fast-check";
import { expect, it } from "vitest";
import { ImageTree } from "../src/image-tree.ts";
import { repeatedKeys } from "../src/repeated-keys.ts";
import { BytesSource, type Source } from "../src/source.ts";

/** A source with a key of its own choice. */
class Keyed extends BytesSource {
  readonly #key: unknown;

  constructor(key: unknown) {
    super(new Uint8Array(1));
    this.#key = key;
  }

  override get key(): unknown {
    return this.#key;
  }
}

const keys = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.constantFrom("a", "b", 2n ** 60n, 1e15),
  fc.double({ noNaN: true }),
);

it("finds the keys that several sources have, whatever they are", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(keys, { maxLength: 60 }), async (chosen) => {
      const tree = new ImageTree();
      for (const [index, key] of chosen.entries()) {
        const into = await tree.makeFolders([`folder ${index % 3}`]);
        const content: Source = new Keyed(key);
        const attributes = { mode: 0o644, uid: 0, gid: 0, modified: 0 };
        into.put(`${index}`, { kind: "file", name: `${index}`, attributes, content, origin: undefined });
      }
      const counts = new Map<unknown, number>();
      for (const key of chosen) counts.set(key, (counts.get(key) ?? 0) + 1);
      const expected = [...counts].filter(([, count]) => count > 1).map(([key]) => key);
      const found = await repeatedKeys(tree.root);
      for (const key of expected) expect(found.has(key), String(key)).toBe(true);
      for (const key of found) expect(counts.get(key), String(key)).toBeGreaterThan(1);
    }),
  );
});
