import type {
  BlockReader,
  CallOptions,
  Finding,
  RecordedBytes,
  RecordedEntry,
  RecordedVolume,
} from "@multisession/core";
import { byName, childPath } from "./image-path.ts";
import { contentBytes, recordedBytes } from "./recorded-bytes.ts";

/** An item of a recorded volume. */
export interface RecordedItem {
  /** Path from the root of the volume. */
  readonly path: string;
  /** The entry as the file system read it. */
  readonly entry: RecordedEntry;
}

/** An item with its bytes. */
export interface ExtractedItem extends RecordedItem {
  /**
   * The bytes of a file, in pieces; nothing for what is no file.
   *
   * @throws `READ_FAILED` with the address; `DAMAGED_CONTENT` where compressed bytes make no sense.
   */
  bytes(options?: CallOptions): AsyncIterable<Uint8Array>;
  /** The same as they lie on the disc: of a compressed file its compressed bytes. @throws `READ_FAILED` with the address. */
  storedBytes(options?: CallOptions): AsyncIterable<Uint8Array>;
}

/** Options of reading a volume. */
export interface ReadTreeOptions extends CallOptions {
  /** Takes only what it answers `true` for; a folder that it refuses is left out with all that is in it. */
  readonly filter?: (item: RecordedItem) => boolean;
  /** Is told of directories that the tree would hold twice, and so without an end. */
  readonly onFinding?: (finding: Finding) => void;
}

/** Every item of a volume, sorted by name, folders before what is in them. Directories are read one by one. */
export async function* readTree(volume: RecordedVolume, options: ReadTreeOptions = {}): AsyncGenerator<RecordedItem> {
  yield* readDirectory(volume, volume.root, "/", options, new Set([volume.root.at]));
}

/** Every item of a volume with its bytes, in the order of `readTree`. */
export async function* extract(
  reader: BlockReader,
  volume: RecordedVolume,
  options: ReadTreeOptions = {},
): AsyncGenerator<ExtractedItem> {
  for await (const item of readTree(volume, options)) {
    const content = item.entry.kind === "file" ? item.entry : NO_CONTENT;
    yield {
      ...item,
      bytes: (call) => contentBytes({ reader, volume }, content, call ?? options),
      storedBytes: (call) => recordedBytes(reader, content.extents, call ?? options),
    };
  }
}

const NO_CONTENT: RecordedBytes = { bytes: 0, extents: [] };

async function* readDirectory(
  volume: RecordedVolume,
  directory: RecordedEntry & { readonly kind: "directory" },
  path: string,
  options: ReadTreeOptions,
  seen: Set<number>,
): AsyncGenerator<RecordedItem> {
  for (const entry of [...(await volume.list(directory, options))].sort(byName)) {
    options.signal?.throwIfAborted();
    const item = { path: childPath(path, entry.name), entry };
    if (options.filter?.(item) === false) continue;
    if (entry.kind !== "directory") {
      yield item;
      continue;
    }
    if (seen.has(entry.at)) {
      options.onFinding?.({
        at: entry.at,
        what: `The directory ${item.path} stands in the tree twice; it was left out here.`,
      });
      continue;
    }
    seen.add(entry.at);
    yield item;
    yield* readDirectory(volume, entry, item.path, options, seen);
  }
}
