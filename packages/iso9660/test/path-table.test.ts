import { describe, expect, it } from "vitest";
import type { Dialect, Hierarchy, PlannedDirectory } from "../src/hierarchy.ts";
import { MAX_PARENTS, pathTable } from "../src/path-table.ts";
import { directory } from "./arbitrary-tree.ts";

/** Bytes of a record with an identifier of one byte (ECMA-119 9.4). */
const RECORD_BYTES = 10;

/** All identifiers are "D". */
const dialect = {
  identifierBytes: () => 1,
  putIdentifier: (bytes: Uint8Array, at: number) => {
    bytes[at] = 0x44;
  },
} as Partial<Dialect> as Dialect;

/** So many directories in the root, and behind them one in each of the `parents`, which are counted from 0. */
function hierarchyOf(inRoot: number, parents: readonly number[]): Hierarchy {
  const named = { key: "D", node: directory("D") };
  const shape = { firstSubdirectory: 0, subdirectories: 0, shownSubdirectories: 0, blocks: 1 };
  const all = [0, ...Array.from({ length: inRoot }, () => 0), ...parents];
  const directories = all.map((parent, at): PlannedDirectory => ({ kind: "planned", named, parent, at, ...shape }));
  return { directories, blocks: all.length, pathTableBytes: all.length * RECORD_BYTES };
}

describe.each(["L", "M"] as const)("a path table of type %s", (type) => {
  it("has the number of every parent up to 65,535, and the root's for one that has no room", () => {
    const parents = [MAX_PARENTS - 2, MAX_PARENTS - 1, MAX_PARENTS, MAX_PARENTS + 1, 2 * MAX_PARENTS + 1];
    const hierarchy = hierarchyOf(MAX_PARENTS + 10, parents);
    const bytes = Buffer.from(pathTable(hierarchy, dialect, 100, type));
    const fields = hierarchy.directories.slice(-parents.length).map((_, index) => {
      const number = hierarchy.directories.length - parents.length + index;
      const record = bytes.subarray(number * RECORD_BYTES, (number + 1) * RECORD_BYTES);
      const [at, parent] =
        type === "L"
          ? [record.readUInt32LE(2), record.readUInt16LE(6)]
          : [record.readUInt32BE(2), record.readUInt16BE(6)];
      expect([record[0], record[1], record.toString("latin1", 8, 9)]).toEqual([1, 0, "D"]);
      expect(at).toBe(100 + number);
      return parent;
    });
    expect(fields).toEqual([65_534, 65_535, 1, 1, 1]);
  });
});
