import fs from "node:fs";
import { sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { HostFolder } from "./host-folder.ts";
import { ENTRY_NUMBERS, folderListing, type HostListing } from "./host-listing.ts";
import { type Reader, SLOW } from "./read-ahead/reader.ts";

/** Folders to come from which on another thread is worth its start, once so many entries were seen. */
const WORTH_A_THREAD = { folders: 8, entries: 512 } as const;

/** Folders that the thread is asked for at once. */
const ASKED = 16;

/** Lists a folder in this thread. */
const listHere = folderListing(fs, sep, ENTRY_NUMBERS);

/**
 * Lists the folders of a walk. Where many are to come they are listed ahead in another thread, and in this one while it
 * would wait: looking at an entry takes as long as all else that is done with it.
 */
export class HostListings {
  readonly #startReader: () => Reader;
  /** Those that nobody lists yet, the next one last. */
  readonly #toCome: HostFolder[] = [];
  readonly #ahead = new Map<HostFolder, HostListing | Promise<HostListing>>();
  #reader: Reader | undefined;
  #asked = 0;
  #seen = 0;
  #isHostSlow = false;

  /** `startReader`: gives the thread, when there is enough for it. */
  constructor(startReader: () => Reader) {
    this.#startReader = startReader;
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
      return listHere(folder.path);
    }
    // Rather than wait this thread lists what comes later.
    while (this.#ahead.get(folder) instanceof Promise && this.#listAhead()) await setImmediate();
    const listing = this.#ahead.get(folder) as HostListing | Promise<HostListing>;
    this.#ahead.delete(folder);
    this.#askAhead();
    return listing;
  }

  #askAhead(): void {
    const isWorthIt = this.#toCome.length >= WORTH_A_THREAD.folders && this.#seen >= WORTH_A_THREAD.entries;
    if (this.#reader === undefined && isWorthIt) this.#reader = this.#startReader();
    while (this.#reader !== undefined && this.#asked < ASKED) {
      const folder = this.#toCome.pop();
      if (folder === undefined) return;
      this.#asked += 1;
      this.#ahead.set(folder, this.#ask(folder, this.#reader));
    }
  }

  async #ask(folder: HostFolder, reader: Reader): Promise<HostListing> {
    let listing: HostListing;
    try {
      listing = await reader.list(folder.path);
    } catch {
      // The thread is gone; this one does all.
      this.#reader = undefined;
      listing = listHere(folder.path);
    }
    this.#asked -= 1;
    if (this.#ahead.has(folder)) this.#ahead.set(folder, listing);
    this.#askAhead();
    return listing;
  }

  /** Lists the next folder that nobody lists; tells whether there was one. */
  #listAhead(): boolean {
    const folder = this.#isHostSlow ? undefined : this.#toCome.pop();
    if (folder === undefined) return false;
    const began = performance.now();
    this.#ahead.set(folder, listHere(folder.path));
    this.#isHostSlow = performance.now() - began > SLOW;
    return true;
  }
}
