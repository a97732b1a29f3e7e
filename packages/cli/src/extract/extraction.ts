import { createHash, type Hash } from "node:crypto";
import {
  BLOCK_BYTES,
  type Blocks,
  blocksOf,
  type Lba,
  type ManifestEntry,
  type MediumReader,
  MultisessionError,
  type RecordedEntry,
  type RecordedVolume,
  type SpecialType,
} from "@multisession/core";
import { type WalkedEntry, walkVolume } from "../volume-walk.ts";
import type { OutputFile, OutputFolder } from "./output-folder.ts";
import { unsafeName } from "./unsafe-name.ts";

/** Blocks of one read: 512 KiB. */
const READ_BLOCKS = 256;

/** What is to be extracted, and where to. */
export interface ExtractionRequest {
  /** The volume that holds it. */
  readonly volume: RecordedVolume;
  /** Reads the disc, as far as it goes. */
  readonly reader: MediumReader;
  /** The file, folder or link. What is in the root goes directly into the folder. */
  readonly entry: RecordedEntry;
  /** Where it goes. */
  readonly output: OutputFolder;
  /** Hashes taken when the files were recorded, by first block. */
  readonly hashes: ReadonlyMap<Lba, ManifestEntry>;
  /** Stops it between two reads. */
  readonly signal: AbortSignal;
  /** Hears where it stands. */
  onProgress(doneBlocks: number, totalBlocks: number): void;
}

/** Something that could not be restored as it was recorded. */
interface ExtractionProblem {
  /** Path below the folder of the extraction. */
  readonly path: string;
  /** What is wrong, for people. */
  readonly what: string;
  /** Whether the file was written, with the damage that `what` tells. */
  readonly isWritten: boolean;
}

/** What an extraction did. */
export interface ExtractionReport {
  /** Files written, those with damage included. */
  readonly files: number;
  /** Folders made or filled. */
  readonly folders: number;
  /** Symbolic links made. */
  readonly links: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Files whose hash of the time of recording was compared, and was equal; empty ones count as equal. */
  readonly verified: number;
  /** What could not be restored as it was recorded. */
  readonly problems: readonly ExtractionProblem[];
}

/**
 * Restores a file, folder or link: contents, permissions, times, links. Everything is looked at before the first byte is
 * written; names that would lead outside the folder are left out and reported. Blocks that cannot be read become zeros,
 * and are reported; those that the disc cannot have are not tried, and become a hole in the file.
 *
 * @throws `ITEM_EXISTS` with nothing written when something is in the way, `CANCELLED`, `multisession/output-failed`.
 */
export async function extract(request: ExtractionRequest): Promise<ExtractionReport> {
  const run = new Extraction(request);
  const items = await run.collect();
  run.checkConflicts(items);
  try {
    await run.write(items);
  } catch (error) {
    if (!request.signal.aborted) throw error;
    throw new MultisessionError(
      "CANCELLED",
      `Cancelled. ${run.files} files are complete in ${request.output.pathOf([])}.`,
      {
        subject: request.output.pathOf([]),
        advice: "The disc was only read. Run it again with --overwrite to get the rest.",
      },
    );
  }
  return run.report();
}

const specialNames: Readonly<Record<SpecialType, string>> = {
  "character-device": "character device",
  "block-device": "block device",
  fifo: "named pipe",
  socket: "socket",
};

class Extraction {
  files = 0;
  #folders = 0;
  #links = 0;
  #bytes = 0;
  #verified = 0;
  #doneBlocks = 0;
  #totalBlocks = 0;
  readonly #problems: ExtractionProblem[] = [];
  readonly #damagedCompression = new Map<RecordedEntry, string>();
  readonly #request: ExtractionRequest;

  constructor(request: ExtractionRequest) {
    this.#request = request;
  }

  /** Everything that will be written, folders before what is in them. */
  async collect(): Promise<readonly WalkedEntry[]> {
    const { volume, entry, signal } = this.#request;
    const isRoot = entry === volume.root;
    const base = isRoot ? [] : [entry.name];
    const items: WalkedEntry[] = [];
    const unsafe: string[] = [];
    const take = (item: WalkedEntry): void => {
      const shown = item.path.join("/");
      if (unsafe.some((folder) => shown.startsWith(`${folder}/`))) return;
      const reason = unsafeName(item.entry.name);
      if (reason === undefined) items.push(item);
      else {
        unsafe.push(shown);
        this.#problems.push({ path: shown, what: `Left out: ${reason}.`, isWritten: false });
      }
    };
    if (!isRoot) take({ path: base, entry });
    if (entry.kind === "directory" && unsafe.length === 0) {
      const loops: { path: readonly string[]; what: string }[] = [];
      for await (const { path, entry: child } of walkVolume(volume, entry, loops, signal))
        take({ path: [...base, ...path], entry: child });
      for (const { path, what } of loops)
        this.#problems.push({ path: [...base, ...path].join("/"), what, isWritten: false });
    }
    for (const { entry: item } of items) if (item.kind === "file") this.#totalBlocks += blocksOf(item.bytes);
    return items;
  }

  checkConflicts(items: readonly WalkedEntry[]): void {
    const { output } = this.#request;
    const inTheWay = output.rootConflict();
    if (inTheWay !== undefined)
      throw new MultisessionError(
        "ITEM_EXISTS",
        `Nothing was extracted, because something is in the way:\n  ${inTheWay}`,
        { subject: output.pathOf([]), advice: "Choose another folder with -o." },
      );
    const conflicts = items.flatMap(({ path, entry }) => {
      const reason = entry.kind === "special" ? undefined : output.conflict(path, entry.kind);
      return reason === undefined ? [] : [`${output.pathOf(path)}: ${reason}`];
    });
    if (conflicts.length === 0) return;
    const more = conflicts.length > 3 ? `\n  and ${conflicts.length - 3} more` : "";
    throw new MultisessionError(
      "ITEM_EXISTS",
      `Nothing was extracted, because something is in the way:\n  ${conflicts.slice(0, 3).join("\n  ")}${more}`,
      { subject: output.pathOf([]), advice: "Choose an empty folder with -o, or add --overwrite to replace files." },
    );
  }

  /** Links come last: no file is ever written where a link of this disc could lead elsewhere. */
  async write(items: readonly WalkedEntry[]): Promise<void> {
    const { output, signal } = this.#request;
    output.makeRoot();
    const folders: WalkedEntry[] = [];
    for (const item of items) {
      signal.throwIfAborted();
      if (item.entry.kind === "directory") {
        output.makeFolder(item.path);
        folders.push(item);
      } else if (item.entry.kind === "file") await this.#attempt(item.path, () => this.#writeFile(item));
    }
    for (const { path, entry } of items)
      if (entry.kind === "special") {
        const what = `Left out: it is a ${specialNames[entry.type]}, which is not made here.`;
        this.#problems.push({ path: path.join("/"), what, isWritten: false });
      } else if (entry.kind === "symlink")
        await this.#attempt(path, () => {
          output.makeLink(path, entry.target, entry.attributes);
          this.#links += 1;
        });
    for (const { path, entry } of folders.toReversed()) output.finishFolder(path, entry.attributes);
    this.#folders = folders.length;
  }

  report(): ExtractionReport {
    return {
      files: this.files,
      folders: this.#folders,
      links: this.#links,
      bytes: this.#bytes,
      verified: this.#verified,
      problems: this.#problems,
    };
  }

  /** One name that cannot be made here, such as two that differ only in capitals, does not stop the others. */
  async #attempt(path: readonly string[], work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const code = (error as { readonly cause?: NodeJS.ErrnoException }).cause?.code;
      if (code !== "EEXIST" && code !== "EPERM" && code !== "EINVAL" && code !== "ENAMETOOLONG" && code !== "EILSEQ")
        throw error;
      this.#problems.push({ path: path.join("/"), what: `Left out: ${(error as Error).message}`, isWritten: false });
    }
  }

  async #writeFile({ path, entry }: WalkedEntry): Promise<void> {
    if (entry.kind !== "file") return;
    const hash = createHash("sha256");
    const lost: Lost = { blocks: 0 };
    await this.#request.output.makeFile(path, entry.attributes, (target) => this.#copy(entry, target, hash, lost));
    this.files += 1;
    this.#bytes += entry.bytes;
    const what =
      lost.blocks > 0
        ? lostText(lost)
        : entry.encoding === undefined
          ? this.#compare(entry, hash)
          : this.#damagedCompression.get(entry);
    if (what !== undefined) this.#problems.push({ path: path.join("/"), what, isWritten: true });
  }

  async #copy(
    file: RecordedEntry & { readonly kind: "file" },
    target: OutputFile,
    hash: Hash,
    lost: Lost,
  ): Promise<void> {
    const { extents, bytes } = file;
    if (file.encoding !== undefined) return this.#decode(file, target);
    let left = bytes;
    for (const extent of extents) {
      let inExtent = Math.min(left, extent.bytes);
      left -= inExtent;
      for (let at = extent.at; inExtent > 0; at += READ_BLOCKS) {
        this.#request.signal.throwIfAborted();
        const blocks = Math.min(READ_BLOCKS, blocksOf(inExtent));
        if (at >= this.#request.reader.end) {
          await this.#leaveOut(at, inExtent, target, lost);
          break;
        }
        const piece = (await this.#read(at, blocks, lost)).subarray(0, Math.min(inExtent, blocks * BLOCK_BYTES));
        await target.write(piece);
        hash.update(piece);
        inExtent -= piece.length;
        this.#advance(blocks);
      }
    }
  }

  /** The rest of an extent that leads behind the end of the disc: damage can make it as long as a number can be. */
  async #leaveOut(at: Lba, bytes: number, target: OutputFile, lost: Lost): Promise<void> {
    await target.skip(bytes);
    lose(lost, at, blocksOf(bytes));
    this.#advance(blocksOf(bytes));
  }

  #advance(blocks: Blocks): void {
    this.#doneBlocks += blocks;
    this.#request.onProgress(this.#doneBlocks, this.#totalBlocks);
  }

  /** A file that is stored otherwise than it is shown: with zeros where its bytes are damaged, or cut where nothing tells what follows. */
  async #decode(file: RecordedEntry & { readonly kind: "file" }, target: OutputFile): Promise<void> {
    const { volume, signal } = this.#request;
    let written = 0;
    try {
      for await (const piece of volume.decode?.(file, { signal }) ?? []) {
        await target.write(piece);
        written += piece.length;
      }
    } catch (error) {
      if (!MultisessionError.is(error) || (error.code !== "DAMAGED_CONTENT" && error.code !== "READ_FAILED"))
        throw error;
      const what =
        written < file.bytes
          ? "It was cut where its compressed bytes are damaged."
          : "There are zeros where its compressed bytes are damaged.";
      this.#damagedCompression.set(file, `${what} ${error.message}`);
    }
    this.#advance(blocksOf(file.bytes));
  }

  /** Reads blocks; where that fails, one by one, so that only the bad ones are lost. */
  async #read(at: Lba, blocks: Blocks, lost: Lost): Promise<Uint8Array> {
    const { reader, signal } = this.#request;
    try {
      return await reader.read(at, blocks, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!MultisessionError.is(error) || error.code !== "READ_FAILED") throw error;
      if (blocks === 1) {
        lose(lost, at, 1);
        return new Uint8Array(BLOCK_BYTES);
      }
    }
    const bytes = new Uint8Array(blocks * BLOCK_BYTES);
    for (let index = 0; index < blocks; index++) bytes.set(await this.#read(at + index, 1, lost), index * BLOCK_BYTES);
    return bytes;
  }

  #compare({ extents, bytes }: RecordedEntry & { readonly kind: "file" }, hash: Hash): string | undefined {
    const recorded = extents[0] && this.#request.hashes.get(extents[0].at);
    // An empty file has nothing that could differ.
    if (bytes === 0) this.#verified += 1;
    if (recorded === undefined || recorded.bytes !== bytes) return undefined;
    if (recorded.isDamaged) return "It changed while it was recorded, and is on the disc with that damage.";
    if (!hash.digest().equals(recorded.sha256)) return "It differs from what was recorded.";
    this.#verified += 1;
    return undefined;
  }
}

/** Blocks of a file that could not be read. */
interface Lost {
  first?: Lba;
  blocks: Blocks;
}

function lose(lost: Lost, at: Lba, blocks: Blocks): void {
  lost.first ??= at;
  lost.blocks += blocks;
}

function lostText({ first, blocks: count }: Lost): string {
  const blocks = count === 1 ? `Block ${first}` : `${count} blocks from ${first} on`;
  return `${blocks} could not be read; there are zeros in their place.`;
}
