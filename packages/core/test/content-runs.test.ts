import { createHash } from "node:crypto";
import { BLOCK_BYTES, blocksOf, type ContentSource, type Extent, type Phase } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { ExtentWriter } from "../src/extent-writer.ts";

/** Contents of these lengths; one without a byte takes no block. */
const files = [300, 0, 2048, 2049, 1, 5000].map((length, id) => Buffer.alloc(length, `content ${id} `));
const digest = (id: number, algorithm = "sha256"): Buffer =>
  createHash(algorithm)
    .update(files[id] as Buffer)
    .digest();
const padded = (id: number): Buffer =>
  Buffer.concat([files[id] as Buffer], blocksOf((files[id] as Buffer).length) * BLOCK_BYTES);

/** The extents of contents, one behind the other but for gaps before some. */
function phaseOf(ids: readonly number[], gapBefore?: number): Phase {
  let at = 16;
  const extents = ids.map((id): Extent => {
    const { length: bytes } = files[id] as Buffer;
    if (id === gapBefore) at += 1;
    const extent = { at, blocks: blocksOf(bytes), source: { from: "content", id, bytes }, label: `/${id}` } as const;
    at += extent.blocks;
    return extent;
  });
  return { kind: "payload", extents, then: "none" };
}

/** Gives `count` contents from each first one of `starts` as a run, and remembers which were opened. */
function sourceOf(starts: ReadonlyMap<number, number>): ContentSource & { readonly opened: number[] } {
  const opened: number[] = [];
  return {
    opened,
    check: async () => {},
    open(id) {
      opened.push(id);
      return [files[id] as Buffer];
    },
    async run(id, { md5 = false } = {}) {
      const count = starts.get(id);
      if (count === undefined) return undefined;
      const ids = Array.from({ length: count }, (_, index) => id + index);
      const hashes = (algorithm: string): Buffer => Buffer.concat(ids.map((one) => digest(one, algorithm)));
      const blocks = Buffer.concat(ids.map(padded));
      return { count, blocks, sha256: hashes("sha256"), ...(md5 ? { md5: hashes("md5") } : {}) };
    },
  };
}

async function write(phase: Phase, source: ContentSource, md5 = false): Promise<[ExtentWriter, Map<number, Buffer>]> {
  const disc = new Map<number, Buffer>();
  const target = {
    read: async () => new Uint8Array(BLOCK_BYTES),
    async write(at: number, data: Uint8Array) {
      for (let from = 0; from < data.length; from += BLOCK_BYTES)
        disc.set(at + from / BLOCK_BYTES, Buffer.from(data.subarray(from, from + BLOCK_BYTES)));
    },
  };
  const writer = new ExtentWriter(target, source, { onDamage: () => {}, md5 });
  await writer.write(phase, {});
  return [writer, disc];
}

function expectWritten(phase: Phase, writer: ExtentWriter, disc: ReadonlyMap<number, Buffer>, md5 = false): void {
  for (const { at, blocks, source } of phase.extents) {
    if (source.from !== "content") continue;
    const found = Array.from({ length: blocks }, (_, index) => disc.get(at + index) as Buffer);
    expect(Buffer.concat(found).equals(padded(source.id)), `content ${source.id}`).toBe(true);
    const { sha256, md5: other, isDamaged } = writer.content(source.id);
    expect(Buffer.from(sha256)).toEqual(digest(source.id));
    expect(other && Buffer.from(other)).toEqual(md5 ? digest(source.id, "md5") : undefined);
    expect(isDamaged).toBe(false);
  }
}

describe("contents that a source has in memory", () => {
  it.each([false, true])("are written as a whole, with their hashes; MD5: %s", async (md5) => {
    const phase = phaseOf([0, 2, 3, 4, 5]);
    const source = sourceOf(
      new Map([
        [0, 4],
        [4, 2],
      ]),
    );
    const [writer, disc] = await write(phase, source, md5);
    expectWritten(phase, writer, disc, md5);
    expect(source.opened).toEqual([]);
  });

  it("are opened where the source has none, between others", async () => {
    const phase = phaseOf([0, 2, 3, 4, 5]);
    const source = sourceOf(
      new Map([
        [0, 1],
        [3, 2],
      ]),
    );
    const [writer, disc] = await write(phase, source);
    expectWritten(phase, writer, disc);
    expect(source.opened).toEqual([2, 5]);
  });

  it("are opened where they do not lie one behind the other", async () => {
    const phase = phaseOf([0, 2, 3, 4, 5], 3);
    const source = sourceOf(
      new Map([
        [0, 6],
        [3, 3],
      ]),
    );
    const [writer, disc] = await write(phase, source);
    expectWritten(phase, writer, disc);
    expect(source.opened).toEqual([0, 2]);
  });

  it("are opened where they lie in another order", async () => {
    const phase = phaseOf([0, 3, 2, 4, 5]);
    const source = sourceOf(new Map([[0, 6]]));
    const [writer, disc] = await write(phase, source);
    expectWritten(phase, writer, disc);
    expect(source.opened).toEqual([0, 3, 2, 4, 5]);
  });
});
