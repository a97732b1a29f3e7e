import {
  type AddressSpace,
  type Assessment,
  type BlockReader,
  type CallOptions,
  type DeltaPolicy,
  defineFileSystem,
  type Extent,
  type FileSystem,
  type FileSystemPlugin,
  type Fixed,
  type Layout,
  type Medium,
  type Needs,
  type Probe,
  type RecordedVolume,
  type SessionFrame,
  type StateRef,
  type TimeRange,
  type Tree,
  type TreeNode,
} from "@multisession/core";
import { isTag } from "./checksum-tag.ts";
import { recordedTimes } from "./dates.ts";
import { openVolume } from "./open-volume.ts";
import { Iso9660Probe } from "./probe.ts";
import { emptyBlocks, emptyHead, HEAD_BLOCKS, headAgain, layoutAgain, layoutTree } from "./session-layout.ts";
import { type Iso9660Options, type VolumeOptions, volumeOptions } from "./volume-options.ts";

const ID = "iso9660";

/** The plugin of the ISO 9660 file system. @throws `TypeError` when an option makes no sense. */
export function iso9660(options: Iso9660Options = {}): FileSystemPlugin {
  // Checked here too: a plugin that cannot be created later only counts as one that cannot be used on the disc.
  volumeOptions(options);
  return defineFileSystem({
    id: ID,
    contract: 1,
    package: "@multisession/iso9660",
    create: () => new Iso9660(options),
  });
}

/**
 * ISO 9660 (ECMA-119) with Rock Ridge, Joliet and the enhanced descriptor, if they are wanted: one tree in up to three
 * hierarchies of names over the same contents. Contents of earlier sessions are named by their addresses; with `delta` also
 * directories that have not changed.
 */
export class Iso9660 implements FileSystem {
  readonly id: string = ID;
  readonly probe: Probe;
  readonly delta?: DeltaPolicy;
  readonly md5: boolean;
  readonly times: TimeRange;
  readonly #options: VolumeOptions;

  /** @throws `TypeError` when an option makes no sense. */
  constructor(options: Iso9660Options = {}) {
    this.#options = volumeOptions(options);
    this.probe = new Iso9660Probe(ID, this.#options.prefer);
    this.md5 = this.#options.md5;
    this.times = recordedTimes(this.#options);
    if (this.#options.delta !== undefined) this.delta = this.#options.delta;
  }

  assess(_medium: Medium): Assessment {
    return { verdict: "supported", fit: "native", reason: "ISO 9660 can be read from every kind of disc." };
  }

  needs(tree: Tree | undefined): Needs {
    // Each folder has at least one block in each hierarchy; the empty volume counts one folder already.
    const { joliet, enhanced } = this.#options;
    const hierarchies = 1 + Number(joliet) + Number(enhanced);
    const folders = tree === undefined ? 0 : hierarchies * countSubdirectories(tree);
    const empty = emptyBlocks(this.#options);
    return { atLeast: empty + folders, headBlocks: Math.max(HEAD_BLOCKS, empty) };
  }

  layout(tree: Tree, frame: SessionFrame, options?: CallOptions): Promise<Layout> {
    return layoutTree(tree, frame, this.#options, options);
  }

  republish(
    state: StateRef | undefined,
    frame: SessionFrame,
    reader: BlockReader,
    options?: CallOptions,
  ): Promise<Layout> {
    return layoutAgain(state, frame, reader, this.#options, options);
  }

  restoreHead(
    state: StateRef,
    _space: AddressSpace,
    reader: BlockReader,
    options?: CallOptions,
  ): Promise<readonly Extent[]> {
    return headAgain(state, reader, options);
  }

  /** All but libisofs's tags: a sum of what was in the head before makes xorriso refuse the disc. */
  keepsInHead(block: Uint8Array): boolean {
    return !isTag(block);
  }

  clear(_space: AddressSpace, fixed: Fixed): readonly Extent[] {
    return emptyHead(fixed, this.#options);
  }

  open(reader: BlockReader, state: StateRef, options?: CallOptions): Promise<RecordedVolume> {
    return openVolume(reader, state, this.#options, options);
  }
}

function countSubdirectories({ root }: Tree): number {
  let count = 0;
  const waiting: TreeNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind !== "directory") continue;
    for (const child of node.children) {
      // What is shared takes no block.
      if (child.kind !== "directory" || child.sharedAt !== undefined) continue;
      count += 1;
      waiting.push(child);
    }
  }
  return count;
}
