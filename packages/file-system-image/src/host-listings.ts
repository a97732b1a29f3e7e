import fs from "node:fs";
import { sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { CallOptions } from "@multisession/core";
import type { HostFolder } from "./host-folder.ts";
import { ENTRY_NUMBERS, folderListing, type HostListing } from "./host-listing.ts";
import { orAborted } from "./or-aborted.ts";
import { HostPace } from "./read-ahead/host-pace.ts";
import type { Reader } from "./read-ahead/reader.ts";
import { TimeSlices } from "./time-slices.ts";

/** Folders to come from which on another thread is worth its start, once so many entries were seen. */
const WORTH_A_THREAD = { folders: 8, entries: 512 } as const;

/** Folders that the thread is asked for at once. */
const ASKED = 16;

/** Entries that wait for the walk, from which on no more are listed ahead: each takes 150 bytes. */
const MOST_WAITING = 65_536;

/** Lists a folder in this thread. */
const listHere = folderListing(fs, sep, ENTRY_NUMBERS);

/**
 * Lists the folders of a walk. Where many are to come they are listed ahead in another thread, and in this one while it
 * would wait: looking at an entry takes as long as all else that is done with it.
 */
export class HostListings {
  readonly #startReader: () => Reader;
  readonly #slices: TimeSlices;
  readonly #signal: AbortSignal | undefined;
  #isOver = false;
  /** Those that nobody lists yet, the next one last. */
  readonly #toCome: HostFolder[] = [];
  readonly #ahead = new Map<HostFolder, HostListing | Promise<HostListing>>();
  #reader: Reader | undefined;
  #asked = 0;
  #seen = 0;
  /** Entries of those that are listed ahead. */
  #waiting = 0;
  readonly #pace = new HostPace();

  /** `startReader`: gives the thread, when there is enough for it. */
  constructor(startReader: () => Reader, options?: CallOptions) {
    this.#startReader = startReader;
    this.#slices = new TimeSlices(options);
    this.#signal = options?.signal;
  }

  /** Lists no more ahead: the walk is over, or was given up. */
  stop(): void {
    this.#isOver = true;
    this.#toCome.length = 0;
  }

  /** Tells which folders come next, in their order, before those that were told before. */
  expect(folders: readonly HostFolder[]): void {
    for (const folder of folders.toReversed()) this.#toCome.push(folder);
    this.#askAhead();
  }

  /** The next folder of the walk: one that was expected, or the first one. */
  async list(folder: HostFolder): Promise<HostListing> {
    const listing = await this.#take(folder);
    this.#seen += listing.names.length;
    return listing;
  }

  async #take(folder: HostFolder): Promise<HostListing> {
    if (!this.#ahead.has(folder)) {
      if (this.#toCome.at(-1) === folder) this.#toCome.pop();
      return this.#listHere(folder);
    }
    // Rather than wait this thread lists what comes later.
    while (this.#ahead.get(folder) instanceof Promise && (await this.#listAhead())) await setImmediate();
    const known = this.#ahead.get(folder) as HostListing | Promise<HostListing>;
    const listing = known instanceof Promise ? await orAborted(known, this.#signal) : known;
    this.#ahead.delete(folder);
    this.#waiting -= listing.names.length;
    this.#askAhead();
    return listing;
  }

  #askAhead(): void {
    const isWorthIt = this.#toCome.length >= WORTH_A_THREAD.folders && this.#seen >= WORTH_A_THREAD.entries;
    if (this.#reader === undefined && isWorthIt) this.#reader = this.#startReader();
    while (this.#reader !== undefined && this.#asked < ASKED && this.#waiting < MOST_WAITING) {
      const folder = this.#toCome.pop();
      if (folder === undefined) return;
      this.#asked += 1;
      const asking = this.#ask(folder, this.#reader);
      // The walk may be given up before it comes there.
      asking.catch(() => undefined);
      this.#ahead.set(folder, asking);
    }
  }

  async #ask(folder: HostFolder, reader: Reader): Promise<HostListing> {
    let listing: HostListing;
    try {
      listing = await reader.list(folder.path);
    } catch (error) {
      if (this.#isOver) throw error;
      // The thread is gone; this one does all.
      this.#reader = undefined;
      listing = await this.#listHere(folder);
    }
    this.#asked -= 1;
    this.#keep(folder, listing);
    this.#askAhead();
    return listing;
  }

  /** Lists the next folder that nobody lists; tells whether there was one. */
  async #listAhead(): Promise<boolean> {
    const folder = this.#pace.isSlow ? undefined : this.#toCome.pop();
    if (folder === undefined) return false;
    this.#pace.begin();
    this.#keep(folder, await this.#listHere(folder));
    this.#pace.end();
    return true;
  }

  #keep(folder: HostFolder, listing: HostListing): void {
    this.#ahead.set(folder, listing);
    this.#waiting += listing.names.length;
  }

  async #listHere({ path }: HostFolder): Promise<HostListing> {
    const listing = listHere(path);
    for (;;) {
      const { done, value } = listing.next();
      if (done === true) return value;
      if (this.#slices.isOver) await this.#slices.next();
    }
  }
}
