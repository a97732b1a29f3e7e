import {
  BLOCK_BYTES,
  defineFileSystem,
  type Extent,
  type FileSystem,
  type FileSystemPlugin,
  type Layout,
  native,
  type Placement,
  type Tree,
  type TreeNode,
} from "@multisession/core";

/** Bytes of one line of a toy's table: `address length path`. */
const LINE = 256;

/** What a toy's table says of a file. */
export interface ToyLine {
  readonly at: number;
  readonly bytes: number;
  readonly path: string;
}

/**
 * A file system in a few lines: one block in front of the contents names the volume, a table behind them lists every
 * file with its address. It lives beside another file system that owns the head.
 */
export function toyFileSystem(id = "toy"): FileSystemPlugin {
  return defineFileSystem({ id, contract: 1, create: () => create(id) });
}

/** Reads a toy's table. */
export function readToy(table: Uint8Array): readonly ToyLine[] {
  return Buffer.from(table)
    .toString("utf8")
    .split("\n")
    .map((line) => /^(\d+) (\d+) (\/\S*) *$/.exec(line))
    .flatMap((match) => (match ? [{ at: Number(match[1]), bytes: Number(match[2]), path: match[3] as string }] : []));
}

function create(id: string): FileSystem {
  return {
    id,
    probe: { fileSystem: id, head: async () => undefined },
    assess: () => native("a toy fits anywhere"),
    needs: () => ({ atLeast: 1, headBlocks: 1 }),
    layout: async (tree) => layoutOf(id, tree),
    republish: async () => layoutOf(id, undefined),
    restoreHead: async () => [],
    clear: () => [],
    open: async () => {
      throw new Error("A toy volume is read through its table");
    },
  };
}

function layoutOf(id: string, tree: Tree | undefined): Layout {
  const files = tree === undefined ? [] : filesOf(tree.root.children, "");
  const back = Math.ceil((files.length * LINE) / BLOCK_BYTES);
  return {
    front: 1,
    back,
    notes: [`${id} keeps no times`],
    render: async (placement) => ({
      front: [bytesAt(placement.front, 1, Buffer.from(`TOY ${id} ${tree?.volumeName ?? ""}`), `${id} front`)],
      back: back === 0 ? [] : [bytesAt(placement.back, back, tableOf(files, placement), `${id} table`)],
    }),
  };
}

type FoundFile = { readonly path: string; readonly node: Extract<TreeNode, { readonly kind: "file" }> };

function filesOf(nodes: readonly TreeNode[], above: string): readonly FoundFile[] {
  return nodes.flatMap((node): readonly FoundFile[] => {
    const path = `${above}/${node.name}`;
    if (node.kind === "directory") return filesOf(node.children, path);
    return node.kind === "file" ? [{ path, node }] : [];
  });
}

function tableOf(files: readonly FoundFile[], placement: Placement): Buffer {
  const lines = files.map(({ path, node }) => {
    const at = placement.extentsOf(node.content)[0]?.at ?? 0;
    return `${at} ${node.content.bytes} ${path}`.padEnd(LINE - 1);
  });
  return Buffer.from(`${lines.join("\n")}\n`);
}

function bytesAt(at: number, blocks: number, bytes: Buffer, label: string): Extent {
  return { at, blocks, source: { from: "bytes", produce: () => [bytes] }, label };
}
