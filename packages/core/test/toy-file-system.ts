import { createHash } from "node:crypto";
import {
  BLOCK_BYTES,
  type BlockReader,
  decodeSessionRecord,
  type Extent,
  encodeSessionRecord,
  type FileSystem,
  type Fixed,
  type HeadFound,
  type Layout,
  type Lba,
  native,
  type Placement,
  type SessionRecord,
  type StateRef,
  tryRead,
} from "@multisession/core";

/** Blocks of a toy session before its contents: 16 of nothing, the head, the tree. */
const FRONT = 18;

/** One block at 16 with a record, a label and the place of the tree; the tree is a block of JSON. For tests of core. */
export const toyFileSystem: FileSystem = {
  id: "toy",
  probe: { fileSystem: "toy", head: probeHead },
  assess: () => native("a toy fits anywhere"),
  needs: () => ({ atLeast: FRONT, headBlocks: FRONT + 2 }),
  layout: async (tree): Promise<Layout> =>
    layoutOf(JSON.stringify(tree.root.children.map(({ name }) => name)), tree.volumeName),
  republish: async (state, _frame, reader): Promise<Layout> => {
    const old = state && (await readHead(reader, state.start));
    return layoutOf("[]", state?.label ?? "", old?.treeAt);
  },
  restoreHead: async (state, _space, reader) => {
    const old = await readHead(reader, state.start);
    return old === undefined ? [] : headExtents(0, state.label, old.treeAt, state.record as SessionRecord);
  },
  clear: (_space, fixed: Fixed) => {
    const record: SessionRecord = { ...fixed, start: 0, end: 32, trailerAt: 0 };
    return [...headExtents(0, "", 17, record), block(17, Buffer.from("[]"), "tree")];
  },
  open: async () => {
    throw new Error("the toy is not read by path");
  },
};

function layoutOf(tree: string, label: string, oldTreeAt?: Lba): Layout {
  return {
    front: FRONT,
    back: 0,
    notes: [],
    render: async ({ start, front, record }: Placement) => ({
      front: [
        { at: front, blocks: 16, source: { from: "zero" }, label: "system area" },
        ...headExtents(start, label, oldTreeAt ?? start + 17, record),
        block(front + 17, Buffer.from(tree), "tree"),
      ],
      back: [],
      commit: headExtents(0, label, oldTreeAt ?? start + 17, record),
      bridge: headExtents(0, label, start + 17, record),
    }),
  };
}

function headExtents(start: Lba, label: string, treeAt: Lba, record: SessionRecord): readonly Extent[] {
  const head = Buffer.alloc(BLOCK_BYTES);
  head.write("TOY", 0);
  head.writeUInt32LE(treeAt, 4);
  head.set(encodeSessionRecord(record), 64);
  head.write(label, 128);
  return [block(start + 16, head, "head")];
}

function block(at: Lba, bytes: Buffer, label: string): Extent {
  return { at, blocks: 1, source: { from: "bytes", produce: () => [bytes] }, label };
}

async function readHead(
  reader: BlockReader,
  start: Lba,
): Promise<{ treeAt: Lba; record: SessionRecord; label: string } | undefined> {
  const bytes = await tryRead(reader, start + 16, 1);
  const head = bytes && Buffer.from(bytes);
  const record = head && decodeSessionRecord(head.subarray(64, 128));
  if (head === undefined || record === undefined || head.toString("latin1", 0, 3) !== "TOY") return undefined;
  return { treeAt: head.readUInt32LE(4), record, label: head.toString("utf8", 128, 160).replace(/\0.*$/s, "") };
}

async function probeHead(reader: BlockReader, start: Lba): Promise<HeadFound | undefined> {
  const head = await readHead(reader, start);
  if (head === undefined) return undefined;
  const digest = createHash("sha256").update(`${head.treeAt}`).digest("hex");
  return { start, end: head.record.end, label: head.label, digest, isTreeReadable: true, record: head.record };
}

/** Where a toy state's tree lies. */
export async function toyTree(reader: BlockReader, state: StateRef): Promise<readonly string[]> {
  const head = await readHead(reader, state.start);
  const bytes = await reader.read(head?.treeAt ?? 0, 1);
  return JSON.parse(Buffer.from(bytes).toString("utf8").replace(/\0.*$/s, "")) as string[];
}
