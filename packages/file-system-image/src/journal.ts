import { MultisessionError } from "@multisession/core";
import type { Folder } from "./folder.ts";
import type { ImageNode } from "./nodes.ts";

/** One thing that an edit did, and what was there before. */
type Entry =
  | { readonly folder: Folder; readonly name: string; readonly previous: ImageNode | undefined }
  | { readonly undo: () => void };

/** Everything that was done to the tree since the last lock, so that it can be undone: IMAPI2's change points. */
export class Journal {
  readonly #entries: Entry[] = [];
  /** Folders made since the last change point: they vanish as a whole, so what is put into them needs no entry. */
  readonly #fresh = new Set<Folder>();
  /** Length of the journal at each change point from the locked one on. */
  #marks: number[] = [0];
  #locked = 0;

  /** Edits since the image was opened. */
  get changePoint(): number {
    return this.#locked + this.#marks.length - 1;
  }

  /** Whether something was done since the last change point. */
  get isDirty(): boolean {
    return this.#entries.length > (this.#marks.at(-1) ?? 0);
  }

  /** Puts a node into a folder, or takes away what is there. */
  put(folder: Folder, name: string, node: ImageNode | undefined): void {
    const previous = folder.put(name, node);
    if (!this.#fresh.has(folder)) this.#entries.push({ folder, name, previous });
    if (node?.kind === "directory" && node.origin === undefined && !node.folder.isRecorded)
      this.#fresh.add(node.folder);
  }

  /** Remembers how something else is undone. */
  remember(undo: () => void): void {
    this.#entries.push({ undo });
  }

  /** Marks a change point. */
  mark(): void {
    this.#fresh.clear();
    this.#marks.push(this.#entries.length);
  }

  /** Undoes what was done since the last change point. */
  undo(): void {
    this.#undoTo(this.#marks.at(-1) ?? 0);
  }

  /** Undoes everything after a change point. @throws `CHANGE_POINT`. */
  rollback(to: number): void {
    if (!Number.isSafeInteger(to) || to < this.#locked || to > this.changePoint)
      throw new MultisessionError(
        "CHANGE_POINT",
        `There is no change point ${to} to go back to; there are ${this.#locked} to ${this.changePoint}.`,
        { subject: `change point ${to}` },
      );
    this.#marks = this.#marks.slice(0, to - this.#locked + 1);
    this.undo();
  }

  /** Forgets how to undo what was done up to now. */
  lock(): void {
    this.#locked = this.changePoint;
    this.#marks = [0];
    this.#entries.length = 0;
  }

  #undoTo(length: number): void {
    this.#fresh.clear();
    while (this.#entries.length > length) {
      const entry = this.#entries.pop();
      if (entry === undefined) return;
      if ("undo" in entry) entry.undo();
      else entry.folder.put(entry.name, entry.previous);
    }
  }
}
