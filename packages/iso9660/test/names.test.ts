import type { TreeNode } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameForIso } from "../src/iso-names.ts";
import { JolietDialect } from "../src/joliet-dialect.ts";
import { JOLIET_NAME_UNITS, nameForJoliet } from "../src/joliet-names.ts";
import { directory, file, name, symlink } from "./arbitrary-tree.ts";

const isoNames = (...nodes: TreeNode[]): string[] => {
  const named = nameForIso(nodes);
  return nodes.map((node) => named.find((found) => found.node === node)?.key ?? "");
};

const jolietNames = (...names: string[]): string[] => {
  const nodes = names.map((name) => file(name));
  const named = nameForJoliet(nodes, { mapped: 0, cut: 0, links: 0, specials: 0 });
  return nodes.map((node) => named.find((found) => found.node === node)?.key ?? "");
};

describe("ISO 9660 names", () => {
  it.each([
    ["README.TXT", "README.TXT"],
    ["readme.txt", "README.TXT"],
    ["README", "README."],
    ["index.html", "INDEX.HTML"],
    [".bashrc", "_BASHRC."],
    ["archive.tar.gz", "ARCHIVE_TAR.GZ"],
    ["document_000123.txt", "DOCUMENT_000123.TXT"],
    ["a b-c.txt", "A_B_C.TXT"],
    ["Straße.txt", "STRASSE.TXT"],
    ["漢字.txt", "__.TXT"],
    ["name.", "NAME."],
    ["x.averylongextension", "X.AVERYLONGEXTENSION"],
    ["x.anextensionlongerthantwenty", "X.ANEX"],
    ["the_quick_brown_fox_jumps_over_000123.txt", "THE_QUICK_BROWN_FOX_J000123.TXT"],
  ])("%s is called %s", (name, key) => {
    expect(isoNames(file(name))).toEqual([key]);
  });

  it("tells files apart whose names become the same", () => {
    expect(isoNames(file("a.txt"), file("A.TXT"), file("A.txt"))).toEqual(["A_2.TXT", "A.TXT", "A_1.TXT"]);
  });

  it("keeps a name that is an identifier already, whatever else is in the folder", () => {
    expect(isoNames(file("a.txt"), file("A.TXT"))[1]).toBe("A.TXT");
  });

  it("takes a folder and a file without extension for the same identifier, as the standard does", () => {
    const keys = isoNames(directory("NAME"), file("NAME"));
    expect(new Set(keys).size).toBe(2);
  });

  it("are unique d-characters of at most 30, of folders 31, whatever the names are", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.infiniteStream(fc.boolean()), (names, isDirectory) => {
        const nodes = names.map((text) => (isDirectory.next().value ? directory(text) : file(text)));
        const named = nameForIso(nodes);
        expect(named).toHaveLength(nodes.length);
        expect(new Set(named.map(({ key }) => key)).size).toBe(nodes.length);
        for (const { key, node } of named) {
          const identifier = node.kind === "directory" ? key.slice(0, -1) : key;
          expect(identifier.replace(".", "").length).toBeLessThanOrEqual(node.kind === "directory" ? 31 : 30);
          expect(identifier).toMatch(node.kind === "directory" ? /^[A-Z0-9_]+$/ : /^[A-Z0-9_]+\.[A-Z0-9_]*$/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("do not depend on the order of the children", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2 }), (names) => {
        const nodes = names.map((text) => file(text));
        expect(nameForIso(nodes)).toEqual(nameForIso(nodes.toReversed()));
      }),
    );
  });

  it("are the same beside two others that have to be told apart", () => {
    const rules = fc.record({
      level: fc.constantFrom(1 as const, 2 as const, 3 as const),
      characters: fc.constantFrom("d" as const, "a" as const, "relaxed" as const),
    });
    fc.assert(
      fc.property(fc.uniqueArray(name), rules, (names, rules) => {
        const nodes = names.map((text) => file(text));
        const named = nameForIso(nodes, rules);
        // Both would be `__` and something, which no other is called here.
        const others = [file("漢字é"), file("漢字ü")];
        fc.pre(!named.some(({ key }) => key.startsWith("__")));
        const known = new Set<TreeNode>(nodes);
        expect(nameForIso([...others, ...nodes], rules).filter(({ node }) => known.has(node))).toEqual(named);
      }),
      { numRuns: 500 },
    );
  });

  it("stays fast when 20,000 names become the same", () => {
    const nodes = Array.from({ length: 20_000 }, (_, index) =>
      file(
        `${String.fromCodePoint(0x4e00 + (index % 5000))}${String.fromCodePoint(0x5e00 + Math.floor(index / 5000))}`,
      ),
    );
    const started = performance.now();
    expect(new Set(nameForIso(nodes).map(({ key }) => key)).size).toBe(20_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("Joliet names", () => {
  it.each([
    [["Grüße und 漢字.txt"], ["Grüße und 漢字.txt"]],
    [["a:b*c?.txt"], ["a_b_c_.txt"]],
    [["back\\slash"], ["back_slash"]],
    [
      ["readme.txt", "README.TXT"],
      ["readme~1.txt", "README.TXT"],
    ],
    [
      ["äpfel", "ÄPFEL"],
      ["äpfel~1", "ÄPFEL"],
    ],
    [
      [`${"x".repeat(103)}1`, `${"x".repeat(103)}2`],
      ["x".repeat(103), `${"x".repeat(101)}~1`],
    ],
    [[`${"x".repeat(120)}.txt`], [`${"x".repeat(99)}.txt`]],
    [["💿.txt"], ["_.txt"]],
    [[`${"x".repeat(102)}😀`], [`${"x".repeat(102)}_`]],
  ])("%j become %j", (names, expected) => {
    expect(jolietNames(...names)).toEqual(expected);
  });

  it("are legal, sorted by code units, and differ in more than case, whatever the names are", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const keys = nameForJoliet(
          names.map((text) => file(text)),
          { mapped: 0, cut: 0, links: 0, specials: 0 },
        ).map(({ key }) => key);
        expect(keys).toHaveLength(names.length);
        expect(keys).toEqual(keys.toSorted());
        expect(
          new Set(
            keys.map((key) =>
              [...key].map((unit) => (unit.toUpperCase().length === unit.length ? unit.toUpperCase() : unit)).join(""),
            ),
          ).size,
        ).toBe(keys.length);
        for (const key of keys) {
          expect(key.length).toBeLessThanOrEqual(JOLIET_NAME_UNITS);
          expect(key).not.toMatch(/[*/:;?\\]/);
          expect(key).not.toMatch(/\p{Surrogate}/u);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are the same beside two others that have to be told apart", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const nodes = names.filter((text) => !text.startsWith("_")).map((text) => file(text));
        const changes = { mapped: 0, cut: 0, links: 0, specials: 0 };
        const named = nameForJoliet(nodes, changes);
        fc.pre(!named.some(({ key }) => key.startsWith("_")));
        const more = { ...changes, mapped: 0, cut: 0 };
        const known = new Set<TreeNode>(nodes);
        const beside = nameForJoliet([file("?"), ...nodes, file("*")], more);
        expect(beside.filter(({ node }) => known.has(node))).toEqual(named);
        expect(more).toEqual({ ...changes, mapped: changes.mapped + 2 });
      }),
      { numRuns: 500 },
    );
  });

  it("are planned and written alike", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const nodes = [...names.map((text) => file(text)), symlink("a link", "somewhere")];
        for (const children of [nodes, nodes.slice(0, -1)]) {
          const dialect = new JolietDialect({ sectionBytes: 2 ** 32 - 2048, jolietUnits: 64 });
          expect(dialect.forWriting().nameChildren(children)).toEqual(dialect.nameChildren(children));
          expect(dialect.forWriting().nameChildren(children)).toEqual(dialect.nameChildren(children));
        }
      }),
    );
  });

  it("leave symbolic links out and count them", () => {
    const changes = { mapped: 0, cut: 0, links: 0, specials: 0 };
    expect(nameForJoliet([symlink("link", "target"), file("file")], changes).map(({ key }) => key)).toEqual(["file"]);
    expect(changes.links).toBe(1);
  });
});
