import { createHash } from "node:crypto";
import {
  type AddressSpace,
  assembleSession,
  BLOCK_BYTES,
  type BlockReader,
  type Content,
  type Extent,
  type FileSystem,
  type Fixed,
  type ImageShape,
  type Layout,
  type Lba,
  MultisessionError,
  type StateRef,
  type Tree,
  type TreeNode,
  type Written,
} from "@multisession/core";

/** Blocks in memory; what was never written cannot be read. */
export class MemoryDisc implements BlockReader {
  readonly blocks = new Map<Lba, Uint8Array>();

  async read(at: Lba, blocks: number): Promise<Uint8Array> {
    const bytes = Buffer.alloc(blocks * BLOCK_BYTES);
    for (let index = 0; index < blocks; index += 1) {
      const block = this.blocks.get(at + index);
      if (block === undefined)
        throw new MultisessionError("READ_FAILED", `Block ${at + index} cannot be read`, { subject: "memory" });
      bytes.set(block, index * BLOCK_BYTES);
    }
    return bytes;
  }

  write(at: Lba, bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; offset += BLOCK_BYTES) {
      const block = new Uint8Array(BLOCK_BYTES);
      block.set(bytes.subarray(offset, offset + BLOCK_BYTES));
      this.blocks.set(at + offset / BLOCK_BYTES, block);
    }
  }

  /** The disc as an image file's bytes; unwritten blocks are zero. */
  toImage(): Buffer {
    const image = Buffer.alloc((Math.max(...this.blocks.keys()) + 1) * BLOCK_BYTES);
    for (const [at, block] of this.blocks) image.set(block, at * BLOCK_BYTES);
    return image;
  }

  /** Identifies all that was written, and where. */
  digest(): string {
    const hash = createHash("sha256");
    for (const [at, block] of this.blocks) hash.update(`${at}:`).update(block);
    return hash.digest("hex");
  }

  /** Writes all phases. Fails when an extent's bytes are not exactly its blocks. */
  burn(shape: ImageShape, contents: readonly Uint8Array[]): void {
    const metadata = createHash("sha256");
    let phase = createHash("md5");
    const digest = (algorithm: string, id: number): Uint8Array =>
      createHash(algorithm)
        .update(contents[id] as Uint8Array)
        .digest();
    const written: Written = {
      content: (id) => ({ sha256: digest("sha256", id), md5: digest("md5", id), isDamaged: false }),
      metadata: () => metadata.copy().digest(),
      phaseMd5: () => phase.copy().digest(),
    };
    for (const { kind, extents } of shape.phases) {
      phase = createHash("md5");
      for (let at = 0; kind === "commit" && at < (extents[0]?.at ?? 0); at += 1)
        phase.update(this.blocks.get(at) ?? Buffer.alloc(BLOCK_BYTES));
      for (const extent of extents) {
        const bytes = this.#bytesOf(extent, contents, written);
        if (extent.source.from !== "content") metadata.update(bytes);
        phase.update(bytes).update(Buffer.alloc(extent.blocks * BLOCK_BYTES - bytes.length));
        if (Math.ceil(bytes.length / BLOCK_BYTES) !== extent.blocks)
          throw new Error(`${extent.label}: ${bytes.length} bytes for ${extent.blocks} blocks`);
        this.write(extent.at, bytes);
      }
    }
  }

  #bytesOf({ at, blocks, source }: Extent, contents: readonly Uint8Array[], written: Written): Uint8Array {
    switch (source.from) {
      case "bytes":
        return Buffer.concat([...source.produce()]);
      case "content":
        return contents[source.id] as Uint8Array;
      case "derived":
        return Buffer.concat([...source.produce(written)]);
      case "zero":
        return Buffer.alloc(blocks * BLOCK_BYTES);
      case "medium": {
        const kept = (block: Uint8Array | undefined): Uint8Array =>
          block !== undefined && source.keeps?.(block) !== false ? block : Buffer.alloc(BLOCK_BYTES);
        return Buffer.concat(Array.from({ length: blocks }, (_, index) => kept(this.blocks.get(at + index))));
      }
    }
  }
}

export const fixed: Fixed = {
  time: Date.UTC(2026, 4, 17, 12, 30, 15),
  life: "00112233445566778899aabbccddeeff",
  sequence: 1,
  nonce: "0123456789abcdef",
};

/** A write-once medium whose next session starts at `start`. */
export function appendSpace(start: Lba): AddressSpace {
  return {
    ranges: [{ start, end: 10_000_000, rule: "append", next: start, unit: 16 }],
    sessionStart: start,
    sessionUnit: 16,
    mediumEnd: 10_000_000,
    minimum: 0,
    published: { by: "close" },
    barrier: { ordered: [], durable: [] },
  };
}

/** An overwritable medium whose next session starts at `start`, with the head in its first 32 blocks. */
export function overwriteSpace(start: Lba, more: Partial<AddressSpace> = {}): AddressSpace {
  return {
    ranges: [{ start: 0, end: 10_000_000, rule: "overwrite", unit: 32 }],
    sessionStart: start,
    sessionUnit: 32,
    mediumEnd: 10_000_000,
    minimum: 0,
    published: { by: "head", at: 0, unit: 32 },
    barrier: { ordered: [], durable: [] },
    ...more,
  };
}

/** Puts a layout and contents into a session and writes it. */
export async function burnLayout(
  disc: MemoryDisc,
  layout: Layout,
  space: AddressSpace,
  contents: readonly Uint8Array[] = [],
  sessionFixed: Fixed = fixed,
): Promise<ImageShape> {
  const shape = await assembleSession({
    space,
    fixed: sessionFixed,
    layouts: [layout],
    contents: contents.map(({ length }, id) => ({ bytes: length, label: `content ${id}` })),
    label: "",
    imageDigest: "",
  });
  disc.burn(shape, contents);
  return shape;
}

/** Lays a tree out, writes it, and gives the state that its head shows. */
export async function burnTree(
  fileSystem: FileSystem,
  disc: MemoryDisc,
  tree: Tree,
  space: AddressSpace,
  contents: readonly Uint8Array[],
  base?: StateRef,
): Promise<StateRef> {
  const sessionFixed = { ...fixed, sequence: (base?.record?.sequence ?? 0) + 1 };
  const layout = await fileSystem.layout(tree, { space, fixed: sessionFixed, ...(base && { base }) });
  await burnLayout(disc, layout, space, contents, sessionFixed);
  return stateAt(fileSystem, disc, space.sessionStart, base === undefined ? 0 : base.index + 1);
}

/** The state whose head starts at `start`. */
export async function stateAt(fileSystem: FileSystem, disc: BlockReader, start: Lba, index = 0): Promise<StateRef> {
  const head = await fileSystem.probe.head(disc, start);
  if (head === undefined) throw new Error(`No head at ${start}`);
  const { end, label, digest, record } = head;
  return { index, start, end, label, digest, fileSystem: fileSystem.id, proof: "head", ...(record && { record }) };
}

/** A short way to write trees down in tests. Text is a new content, `->` a link, an object a folder. */
export interface Sketch {
  readonly [name: string]: string | Uint8Array | Sketch | { readonly link: string };
}

/** A tree from its sketch, and the contents in the order of their ids. */
export function treeOf(sketch: Sketch, volumeName = "Test Volume"): { tree: Tree; contents: Uint8Array[] } {
  const contents: Uint8Array[] = [];
  const attributes = { mode: 0o644, uid: 1000, gid: 100, modified: Date.UTC(2020, 0, 2, 3, 4, 5) };
  const nodesOf = (from: Sketch): TreeNode[] =>
    Object.entries(from).map(([name, value]): TreeNode => {
      if (typeof value === "string" || value instanceof Uint8Array) {
        const bytes = typeof value === "string" ? Buffer.from(value) : value;
        const content: Content = { kind: "new", bytes: bytes.length, id: contents.push(bytes) - 1 };
        return { kind: "file", name, attributes, content };
      }
      if ("link" in value && typeof value.link === "string")
        return { kind: "symlink", name, attributes: { ...attributes, mode: 0o777 }, target: value.link };
      return {
        kind: "directory",
        name,
        attributes: { ...attributes, mode: 0o755 },
        children: nodesOf(value as Sketch),
      };
    });
  return {
    tree: {
      volumeName,
      root: { kind: "directory", name: "", attributes: { ...attributes, mode: 0o755 }, children: nodesOf(sketch) },
    },
    contents,
  };
}
