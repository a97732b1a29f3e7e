import type { CallOptions, Lba } from "@multisession/core";
import type { ImageNode } from "./nodes.ts";

/** Gives the entries of a recorded directory. */
export interface RecordedEntries {
  /** Where the directory lies, for the file system that recorded it. */
  readonly at: Lba;
  /** Reads them from the disc. */
  list(options?: CallOptions): Promise<Map<string, ImageNode>>;
}

/** The entries of a directory. Those of a recorded one are read from the disc when they are first looked at, once. */
export class Folder {
  readonly #recorded: RecordedEntries | undefined;
  #entries: Map<string, ImageNode> | undefined;
  #loading: Promise<Map<string, ImageNode>> | undefined;
  #baseline: ReadonlyMap<string, ImageNode> | undefined;

  constructor(recorded?: RecordedEntries) {
    this.#recorded = recorded;
    if (recorded === undefined) this.#entries = new Map();
  }

  /** Whether the directory was imported from the disc. */
  get isRecorded(): boolean {
    return this.#recorded !== undefined;
  }

  /** Where the directory lies on the disc; nothing for a new one. */
  get recordedAt(): Lba | undefined {
    return this.#recorded?.at;
  }

  /** The entries by name, or nothing when nobody has looked yet. */
  get loaded(): ReadonlyMap<string, ImageNode> | undefined {
    return this.#entries;
  }

  /** The entries as they are on the disc: empty for a new directory. Only of a directory that was loaded. */
  get baseline(): ReadonlyMap<string, ImageNode> {
    return this.#recorded === undefined ? empty : (this.#baseline ?? this.#entries ?? empty);
  }

  /** Whether anything in the directory itself may differ from what is on the disc. */
  get isEdited(): boolean {
    return this.#recorded === undefined || this.#baseline !== undefined;
  }

  /** The entries by name, read from the disc if that was not done yet. */
  async load(options?: CallOptions): Promise<ReadonlyMap<string, ImageNode>> {
    if (this.#entries !== undefined) return this.#entries;
    this.#loading ??= this.#read(options);
    return this.#loading;
  }

  /** Puts a node under a name, or takes away what is there. Only for {@link Journal}, which can undo it. */
  put(name: string, node: ImageNode | undefined): ImageNode | undefined {
    if (this.#entries === undefined) throw new TypeError("A folder is loaded before it is edited");
    if (this.#recorded !== undefined) this.#baseline ??= new Map(this.#entries);
    const previous = this.#entries.get(name);
    if (node === undefined) this.#entries.delete(name);
    else this.#entries.set(name, node);
    return previous;
  }

  async #read(options?: CallOptions): Promise<Map<string, ImageNode>> {
    try {
      this.#entries = (await this.#recorded?.list(options)) ?? new Map();
      return this.#entries;
    } finally {
      this.#loading = undefined;
    }
  }
}

const empty: ReadonlyMap<string, ImageNode> = new Map();
