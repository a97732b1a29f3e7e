import type { Lba } from "@multisession/core";
import type { DirectoryNumber, RecordedPathTable } from "./recorded-path-table.ts";

/** A recorded directory in one hierarchy. */
export interface SharedPlace {
  readonly table: RecordedPathTable;
  readonly number: DirectoryNumber;
  /** Length of the directory. */
  readonly bytes: number;
}

/** Where one hierarchy has the directories that the next session leaves where they lie. */
export class SharedHierarchy {
  readonly table: RecordedPathTable;
  /** By the directory's address in the primary hierarchy, which all hierarchies know it by. */
  readonly #places = new Map<Lba, SharedPlace>();

  constructor(table: RecordedPathTable) {
    this.table = table;
  }

  /** Notes that the directory `at` of the primary hierarchy is the one that begins at `here`. Nothing when there is none. */
  note(at: Lba, here: Lba, bytes: number): SharedPlace | undefined {
    const number = this.table.numberAt(here);
    if (number === undefined || bytes === 0) return undefined;
    const place = { table: this.table, number, bytes };
    this.#places.set(at, place);
    return place;
  }

  /** A directory that was noted. @throws `TypeError` for another. */
  placeOf(at: Lba): SharedPlace {
    const place = this.#places.get(at);
    if (place === undefined) throw new TypeError(`Nobody has asked whether the directory at ${at} can be shared`);
    return place;
  }
}
