import { describe, expect, it } from "vitest";
import {
  compareTrees,
  describeDifferences,
  expectedEntries,
  grub,
  type ReadEntry,
  type Sees,
  sevenZip,
  testTree,
  xorriso,
} from "../src/index.ts";

const everything = { ...xorriso.sees, linkMtimes: true };
const file: ReadEntry = { path: "/d/a.txt", kind: "file", bytes: 3, sha256: "aa", mode: 0o644, mtime: 1_000_000 };
const directory: ReadEntry = { path: "/d", kind: "directory", mode: 0o755, mtime: 2_000_000 };
const link: ReadEntry = { path: "/d/link", kind: "symlink", target: "a.txt", mtime: 3_000_000 };
const tree = [directory, file, link];

function differences(expected: readonly ReadEntry[], seen: readonly ReadEntry[], sees: Sees): string[] {
  return compareTrees(expected, seen, sees).differences.map(({ what, path }) => `${what} ${path}`);
}

describe("a tree compared with itself", () => {
  it("has no differences and equal counts", () => {
    const entries = expectedEntries(testTree());
    const { length } = entries;
    // The root is not counted.
    expect(compareTrees(entries, entries, everything)).toEqual({
      differences: [],
      expected: length - 1,
      seen: length - 1,
    });
    expect(length).toBeGreaterThan(560);
  });
});

describe("a difference", () => {
  it.each<[string, ReadEntry]>([
    ["bytes", { ...file, bytes: 4 }],
    ["sha256", { ...file, sha256: "bb" }],
    ["mode", { ...file, mode: 0o600 }],
    ["mtime", { ...file, mtime: 1_001_000 }],
    ["kind", { ...file, kind: "directory" }],
  ])("in %s is told", (what, changed) => {
    expect(differences(tree, [directory, changed, link], everything)).toEqual([`${what} /d/a.txt`]);
  });

  it("in a link's target is told", () => {
    expect(differences(tree, [directory, file, { ...link, target: "b.txt" }], everything)).toEqual(["target /d/link"]);
  });

  it("below a second is none", () => {
    expect(differences(tree, [directory, { ...file, mtime: 1_000_999 }, link], everything)).toEqual([]);
  });

  it("is what a reader leaves out although it sees it", () => {
    const { sha256: _, ...without } = file;
    expect(differences(tree, [directory, without, link], everything)).toEqual(["sha256 /d/a.txt"]);
  });

  it("is an entry that is missing, unexpected, or there twice", () => {
    const extra: ReadEntry = { ...file, path: "/d/extra" };
    const seen = [directory, link, extra, extra];
    expect(differences(tree, seen, everything)).toEqual(["twice /d/extra", "missing /d/a.txt", "unexpected /d/extra"]);
  });

  it("in the case of a name is a missing and an unexpected entry", () => {
    const seen = [directory, { ...file, path: "/d/A.TXT" }, link];
    expect(differences(tree, seen, everything)).toEqual(["missing /d/a.txt", "unexpected /d/A.TXT"]);
  });

  it("is described with both values", () => {
    const comparison = compareTrees(tree, [directory, { ...file, mode: 0o600 }, link], everything);
    expect(describeDifferences(comparison)).toBe("3 entries expected, 3 seen\nmode /d/a.txt: expected 644, seen 600");
  });

  it("is every entry where a reader shows nothing", () => {
    const comparison = compareTrees(tree, [], everything);
    expect(comparison.differences).toHaveLength(1 /* the directory stands for what is in it */);
    expect(comparison).toMatchObject({ expected: 3, seen: 0 });
  });
});

describe("what a reader cannot see", () => {
  it("is not compared", () => {
    const seen = [directory, { ...file, mode: 0o777, mtime: 5 }];
    const sees: Sees = { ...everything, modes: 0, mtimes: false, symlinks: "no" };
    expect(compareTrees(tree, seen, sees)).toEqual({ differences: [], expected: 2, seen: 2 });
  });

  it("is only the mode bits that it does not show", () => {
    const seen = [directory, { ...file, mode: 0o4644 }, link];
    expect(differences(tree, seen, { ...everything, modes: 0o777 })).toEqual([]);
    expect(differences(tree, seen, everything)).toEqual(["mode /d/a.txt"]);
  });
});

describe("a reader of Joliet trees", () => {
  const { sees } = sevenZip;
  const long = `${"long name ".repeat(12)}.txt`;
  const specified: Sees = { ...sees, maxName: 64 };

  it("may show a link as an empty file, which is not counted", () => {
    const seen = [
      directory,
      file,
      { path: "/d/link", kind: "file", bytes: 0, sha256: "e3", mtime: 3_000_000 } as const,
    ];
    expect(compareTrees(tree, seen, sees)).toEqual({ differences: [], expected: 2, seen: 2 });
  });

  it("may not show an empty file where nothing was", () => {
    const seen = [directory, file, { path: "/d/other", kind: "file", bytes: 0, sha256: "e3" } as const];
    expect(differences(tree, seen, sees)).toEqual(["unexpected /d/other"]);
  });

  it.each([
    ["cut", long, long.slice(0, 103)],
    ["cut before its extension", long, `${long.slice(0, 99)}.txt`],
    ["mapped", "what is this?.txt", "what is this_.txt"],
    ["mapped", "disc \u{1f4bf}.txt", "disc _.txt"],
  ])("may show a name that Joliet cannot store %s", (_, name, shown) => {
    const expected = [directory, { ...file, path: `/d/${name}` }];
    expect(differences(expected, [directory, { ...file, path: `/d/${shown}` }], sees)).toEqual([]);
  });

  it.each([
    ["103 characters", sees, 103, 102],
    ["103 characters", sees, 103, 64],
    ["103 characters", sees, 103, 33],
    ["65 characters", sees, 65, 64],
    ["more than 103 characters", sees, 124, 102],
    ["more than 103 characters", sees, 124, 64],
    ["64 characters, on a disc that keeps to 64", specified, 64, 63],
    ["more than 64 characters, on a disc that keeps to 64", specified, 80, 33],
  ])("may not show a name of %s otherwise", (_, limited, length, shown) => {
    const [name, cut] = [long.slice(0, length), long.slice(0, shown)];
    const seen = [directory, { ...file, path: `/d/${cut}` }];
    expect(differences([directory, { ...file, path: `/d/${name}` }], seen, limited)).toEqual([
      `missing /d/${name}`,
      `unexpected /d/${cut}`,
    ]);
  });

  it("shows a longer name cut to 64 on a disc that keeps to 64", () => {
    const seen = [directory, { ...file, path: `/d/${long.slice(0, 64)}` }];
    expect(differences([directory, { ...file, path: `/d/${long}` }], seen, specified)).toEqual([]);
  });

  it("may not show another file's content under a cut name", () => {
    const seen = [directory, { ...file, path: `/d/${long.slice(0, 103)}`, sha256: "bb" }];
    expect(differences([directory, { ...file, path: `/d/${long}` }], seen, sees)).toHaveLength(2);
  });

  it("may number names that differ only in case, and shows each content once", () => {
    const upper = { ...file, path: "/d/A.TXT", sha256: "bb" };
    const seen = [directory, upper, { ...file, path: "/d/a~1.txt" }];
    expect(differences([directory, file, upper], seen, sees)).toEqual([]);
    expect(differences([directory, file, upper], [directory, upper], sees)).toEqual(["missing /d/a.txt"]);
  });

  it("may not change a name that Joliet can store", () => {
    expect(differences([directory, file], [directory, { ...file, path: "/d/a_.txt" }], sees)).toHaveLength(2);
  });
});

describe("a reader that follows links", () => {
  it("shows the files that they lead to, and nothing of the others", () => {
    const nowhere: ReadEntry = { path: "/nowhere", kind: "symlink", target: "gone" };
    const toDirectory: ReadEntry = { path: "/folder", kind: "symlink", target: "d" };
    const seen = [directory, file, { ...file, path: "/d/link", mtime: 3_000_000 }];
    const comparison = compareTrees([...tree, nowhere, toDirectory], seen, grub.sees);
    expect(comparison).toEqual({ differences: [], expected: 3, seen: 3 });
  });
});
