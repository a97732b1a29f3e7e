import type { TreeNode } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NamedNode } from "../src/hierarchy.ts";
import { keyAlone, namedInTurn, nameForIso } from "../src/iso-names.ts";
import { JolietDialect } from "../src/joliet-dialect.ts";
import {
  JOLIET_NAME_UNITS,
  type JolietChanges,
  namedInTurn as jolietInTurn,
  nameForJoliet,
} from "../src/joliet-names.ts";
import { encodeRecordedAs } from "../src/recorded-as.ts";
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

/** Names that are in one folder of a camera or a program: most need no more than capital letters. */
const simpleName = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(..."aAbBcC019_"), minLength: 1, maxLength: 32 }),
    fc.option(fc.string({ unit: fc.constantFrom(..."tTxX1"), maxLength: 22 })),
  )
  .map(([base, extension]) => (extension === null ? base : `${base}.${extension}`));

/** Files, folders and links of one folder, new or recorded: as they would be alone, told apart, or under another name. */
const children: fc.Arbitrary<readonly TreeNode[]> = fc
  .oneof(fc.uniqueArray(simpleName), fc.uniqueArray(fc.oneof(simpleName, name)))
  .chain((names) =>
    fc.tuple(
      ...names.map((text) => {
        const recordedAs = fc.oneof(
          { weight: 6, arbitrary: fc.constant(undefined) },
          { weight: 2, arbitrary: fc.constant("//") },
          {
            weight: 1,
            arbitrary: fc
              .record({
                iso: fc.constantFrom("", "A_1.TXT", "A.", "__1.", "B_1.X"),
                joliet: fc.constantFrom("", "a~1", "A", "b~1.x"),
                called: fc.constantFrom(text, "another name"),
              })
              .map(({ called, ...names }) => encodeRecordedAs(names, called)),
          },
        );
        const made = fc.constantFrom(file(text), file(text), directory(text), symlink(text, "somewhere"));
        return fc
          .tuple(made, recordedAs)
          .map(([node, recordedAs]): TreeNode => (recordedAs === undefined ? node : { ...node, recordedAs }));
      }),
    ),
  );

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

  it.each([
    [directory("eight_ch"), "EIGHT_CH."],
    [directory("nine_char"), "NIE_CHAR."],
    [file("eight_ch.txt"), "EIGHT_CH.TXT"],
  ])("at level 1 %o is called %s", (node, key) => {
    expect(nameForIso([node], { level: 1, characters: "d" })).toEqual([{ key, node }]);
  });

  it("keeps an extension of more than 20 characters where it is an identifier already", () => {
    expect(isoNames(file("A.ABCDEFGHIJKLMNOPQRSTU"))).toEqual(["A.ABCDEFGHIJKLMNOPQRSTU"]);
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

  it("are what they are one after the other, also where no two would be the same", () => {
    const rules = fc.record({
      level: fc.constantFrom(1 as const, 2 as const, 3 as const),
      characters: fc.constantFrom("d" as const, "a" as const, "relaxed" as const),
    });
    let alone = 0;
    fc.assert(
      fc.property(children, rules, (nodes, rules) => {
        const named = nameForIso(nodes, rules);
        expect(named).toEqual(namedInTurn(nodes, rules));
        const isAlone = ({ key, node }: NamedNode): boolean => key === keyAlone(node, rules);
        if (nodes.length > 1 && rules.characters === "d" && named.every(isAlone)) alone += 1;
      }),
      { numRuns: 1000 },
    );
    expect(alone).toBeGreaterThan(50);
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
    [
      ["b", "b.", "b..", "b "],
      ["b", "b_~1", "b__", "b_"],
    ],
    [["..."], ["___"]],
    [["no end. ."], ["no end___"]],
    [[`${"x".repeat(102)}. behind the limit`], [`${"x".repeat(102)}_`]],
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
          expect(key).not.toMatch(/[*/:;?\\]|[. ]$/);
          expect(key).not.toMatch(/\p{Surrogate}/u);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are what they are one after the other, also where each keeps its own", () => {
    let plain = 0;
    fc.assert(
      fc.property(children, fc.constantFrom(64 as const, 103 as const), (nodes, units) => {
        const [changes, inTurn] = [0, 0].map(() => ({ mapped: 0, cut: 0, links: 0, specials: 0 }));
        const named = nameForJoliet(nodes, changes as JolietChanges, units);
        const shown = nodes.filter(({ kind }) => kind !== "symlink");
        expect(named).toEqual(jolietInTurn(shown, inTurn as JolietChanges, units));
        expect(changes).toEqual({ ...inTurn, links: nodes.length - shown.length });
        if (nodes.length > 1 && changes?.mapped === 0 && changes.cut === 0) plain += 1;
      }),
      { numRuns: 1000 },
    );
    expect(plain).toBeGreaterThan(50);
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
