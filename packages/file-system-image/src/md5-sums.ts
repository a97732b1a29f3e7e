import {
  type BlockReader,
  type CallOptions,
  type DirectoryNode,
  type Lba,
  type Md5Sums,
  type RecordedVolume,
  readManifest,
  readTrailer,
  type StateRef,
} from "@multisession/core";

/** Where MD5 sums of recorded contents are looked for. */
interface SumsRequest extends CallOptions {
  readonly reader: BlockReader;
  /** The volume that the session builds on; absent in a first one. */
  readonly volume: RecordedVolume | undefined;
  /** Its state and earlier ones, oldest first. */
  readonly states: readonly StateRef[];
  /** The tree that is recorded. */
  readonly root: DirectoryNode;
}

/**
 * The MD5 sums that the disc has of the contents of a tree: in the volume's own list, and of what sessions recorded that
 * have none, because they share directories, in the manifests. Reads no content.
 */
export async function readMd5Sums(request: SumsRequest): Promise<Md5Sums> {
  const { volume, root, signal } = request;
  const inList = await volume?.md5Sums?.(signal && { signal });
  const missing = contentsWithout(root, inList);
  const inManifests = missing.size === 0 ? undefined : await fromManifests(request, missing);
  return (content) => inList?.(content) ?? (content.extents[0] && inManifests?.get(content.extents[0].at));
}

/** First blocks and lengths of recorded contents that have no sum in the list, and were not read either. */
function contentsWithout(root: DirectoryNode, inList: Md5Sums | undefined): Map<Lba, number> {
  const missing = new Map<Lba, number>();
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop())
    for (const node of folder.children) {
      if (node.kind === "directory") waiting.push(node);
      if (node.kind !== "file" || node.content.kind === "new" || node.content.encoding !== undefined) continue;
      const { content } = node;
      const [first, another] = content.extents;
      if (first === undefined || another !== undefined || content.md5 !== undefined) continue;
      if (inList?.(content) === undefined) missing.set(first.at, content.bytes);
    }
  return missing;
}

/** From each session's manifest, the newest first, until all were found. */
async function fromManifests(
  { reader, states, signal }: SumsRequest,
  missing: Map<Lba, number>,
): Promise<ReadonlyMap<Lba, Uint8Array>> {
  const found = new Map<Lba, Uint8Array>();
  const options = signal && { signal };
  for (const { record } of states.toReversed()) {
    if (missing.size === 0) break;
    const trailer = record && record.trailerAt > 0 ? await readTrailer(reader, record.trailerAt, options) : undefined;
    const manifest = trailer && (await readManifest(reader, trailer, options));
    for (const { at, bytes, md5, isDamaged } of manifest?.entries ?? []) {
      if (md5 === undefined || isDamaged || missing.get(at) !== bytes) continue;
      found.set(at, md5);
      missing.delete(at);
    }
  }
  return found;
}
