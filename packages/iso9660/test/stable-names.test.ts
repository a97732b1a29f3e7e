import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BlockReader, DirectoryNode, StateRef, Tree, TreeNode } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { enhancedKeyAlone } from "../src/enhanced-names.ts";
import { Iso9660, type Iso9660Options } from "../src/index.ts";
import { directory, file, name, symlink } from "./arbitrary-tree.ts";
import { importTree } from "./import-tree.ts";
import { appendSpace, burnTree, MemoryDisc, stateAt } from "./memory-disc.ts";
import { rawRecords } from "./read-back.ts";
import { strangerTest } from "./stranger.ts";

const fileSystem = new Iso9660();

/** Files of one byte, so that a record's content says which file it is. */
const files = (names: readonly string[], firstId = 0): TreeNode[] =>
  names.map((text, index) => ({ ...file(text, 1, firstId + index) }));

const treeWith = (children: readonly TreeNode[]): Tree => ({ volumeName: "V", root: directory("", ...children) });

/** What the files of a root are called in one hierarchy, without versions, by where their contents lie. */
async function namesByContent(disc: BlockReader, start: number, descriptor: 0 | 1): Promise<Map<number, string>> {
  const bytes = Buffer.from(await disc.read(start + 16 + descriptor, 1));
  const records = await rawRecords(
    disc,
    bytes.readUInt32LE(158),
    bytes.readUInt32LE(166),
    descriptor === 0 ? "latin1" : "utf-16be",
  );
  return new Map(records.slice(2).map(({ extent, name: text }) => [extent, text.replace(/;1$/, "")]));
}

/** Burns sessions of a disc one after another; each gets what the edit makes of the last one's imported root. */
async function burnSessions(
  edits: readonly ((old: DirectoryNode) => { children: readonly TreeNode[]; contents: number })[],
  writer = fileSystem,
): Promise<{ disc: MemoryDisc; starts: number[] }> {
  const disc = new MemoryDisc();
  const starts: number[] = [];
  let base: StateRef | undefined;
  let root = directory("");
  for (const [index, edit] of edits.entries()) {
    const { children, contents } = edit(root);
    const bytes = Array.from({ length: contents }, () => new Uint8Array(1));
    base = await burnTree(writer, disc, treeWith(children), appendSpace(index * 10_000), bytes, base);
    starts.push(base.start);
    root = await importTree(await writer.open(disc, base));
  }
  return { disc, starts };
}

async function expectKept(disc: BlockReader, before: number, after: number): Promise<void> {
  for (const descriptor of [0, 1] as const) {
    const old = await namesByContent(disc, before, descriptor);
    const now = await namesByContent(disc, after, descriptor);
    for (const [content, text] of old) if (now.has(content)) expect(now.get(content)).toBe(text);
  }
}

describe("an old file keeps its names in both hierarchies", () => {
  it.each([
    ["a name in capitals arrives", ["readme.txt"], ["README.TXT"]],
    ["a name arrives that is the same behind the limit of Joliet", [`${"x".repeat(110)}2`], [`${"x".repeat(110)}1`]],
    ["a name arrives that is mapped to the same", ["a?"], ["a*", "a_"]],
    ["a name arrives that sorts before it", ["bÄ.txt", "bä.txt"], ["BÄ.txt", "B_.TXT"]],
    ["several arrive that need counts", ["x+y", "x-y", "x y"], ["X_Y", "x.y", "X=Y", "x~y"]],
  ])("when %s", async (_, old, arriving) => {
    const { disc, starts } = await burnSessions([
      () => ({ children: files(old), contents: old.length }),
      ({ children }) => ({ children: [...children, ...files(arriving)], contents: arriving.length }),
    ]);
    await expectKept(disc, starts[0] as number, starts[1] as number);
  });

  it("when the file goes that it was told apart from, also in the sessions after that", async () => {
    const { disc, starts } = await burnSessions([
      () => ({ children: files(["readme.txt", "README.TXT"]), contents: 2 }),
      ({ children }) => ({ children: children.filter((node) => node.name !== "README.TXT"), contents: 0 }),
      ({ children }) => ({ children: [...children, ...files(["Readme.txt"])], contents: 1 }),
    ]);
    await expectKept(disc, starts[0] as number, starts[1] as number);
    await expectKept(disc, starts[1] as number, starts[2] as number);
    expect([...(await namesByContent(disc, starts[2] as number, 1)).values()]).toContain("readme~1.txt");
  });

  it("when files of any names arrive, session after session", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 3, maxLength: 24 }),
        fc.integer({ min: 1 }),
        fc.integer({ min: 1 }),
        async (names, first, second) => {
          const [a, b] = [first % names.length, second % names.length].sort((x, y) => x - y) as [number, number];
          const parts = [names.slice(0, a), names.slice(a, b), names.slice(b)];
          const { disc, starts } = await burnSessions(
            parts.map((part) => (old) => ({ children: [...old.children, ...files(part)], contents: part.length })),
          );
          for (let index = 1; index < starts.length; index += 1)
            await expectKept(disc, starts[index - 1] as number, starts[index] as number);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("an old file keeps its name in the enhanced hierarchy", () => {
  /** What the files of a root are called by ISO 9660:1999, the second descriptor without Joliet. */
  const enhancedNames = async (disc: BlockReader, start: number): Promise<Map<number, string>> => {
    const bytes = Buffer.from(await disc.read(start + 17, 1));
    const records = await rawRecords(disc, bytes.readUInt32LE(158), bytes.readUInt32LE(166), "utf-8");
    return new Map(records.slice(2).map(({ extent, name: text }) => [extent, text]));
  };
  const markOf = (text: string): string => Buffer.from(enhancedKeyAlone(text), "latin1").toString("utf8");
  const long = "漢".repeat(80);

  const ways: readonly (readonly [string, Iso9660Options])[] = [
    ["read by Rock Ridge", { level: 4, joliet: false }],
    ["read by its own names", { level: 4, joliet: false, rockRidge: false, prefer: ["enhanced"] }],
  ];

  describe.each(ways)("%s", (_, options) => {
    it.each([
      ["literally its name", ["a;b"], [markOf("a;b")]],
      ["literally that of a long one", [`${long}.txt`, "a;b"], [markOf(`${long}.txt`), markOf(markOf("a;b"))]],
      ["as it was itself, where the disc no longer tells", ["a;b"], ["a;b"]],
      ["what its name could stand for", [markOf("a;b")], ["a;b"]],
    ])("when a file arrives that is called %s", async (_name, old, arriving) => {
      const { disc, starts } = await burnSessions(
        [
          () => ({ children: files(old), contents: old.length }),
          ({ children }) => {
            const isNew = (text: string): boolean => children.every((node) => node.name !== text);
            return { children: [...children, ...files(arriving.filter(isNew))], contents: arriving.length };
          },
          ({ children }) => ({ children: [...children, ...files(["0"])], contents: 1 }),
          ({ children }) => ({ children: children.slice(1), contents: 0 }),
        ],
        new Iso9660(options),
      );
      for (const [index, start] of starts.slice(1).entries()) {
        const before = await enhancedNames(disc, starts[index] as number);
        const after = await enhancedNames(disc, start);
        expect(after.size).toBeGreaterThan(0);
        for (const [content, text] of before) if (after.has(content)) expect(after.get(content)).toBe(text);
      }
    });
  });
});

it("folders, empty files and links keep their names too, however deep they lie", async () => {
  const both = (...children: TreeNode[]): TreeNode[] => [directory("a:b", ...children), directory("a*b", ...children)];
  const listed = async (disc: BlockReader, start: number): Promise<string[]> => {
    const shown: string[] = [];
    const bytes = Buffer.from(await disc.read(start + 17, 1));
    const visit = async (at: number, length: number, path: string): Promise<void> => {
      for (const { name: text, extent, bytes, flags } of (await rawRecords(disc, at, length, "utf-16be")).slice(2)) {
        shown.push(`${path}/${text}`);
        if ((flags & 2) !== 0) await visit(extent, bytes, `${path}/${text}`);
      }
    };
    await visit(bytes.readUInt32LE(158), bytes.readUInt32LE(166), "");
    return shown;
  };
  const old = both(...both(file("b?"), file("b*")), symlink("B_", "x"));
  const { disc, starts } = await burnSessions([
    () => ({ children: old, contents: 1 }),
    ({ children }) => ({
      children: [directory("A_B"), directory("a<b"), ...children].map((node) =>
        node.kind === "directory"
          ? { ...node, children: [...node.children, directory("a?b"), directory("a_b", file("b"))] }
          : node,
      ),
      contents: 1,
    }),
  ]);
  expect(await listed(disc, starts[1] as number)).toEqual(
    expect.arrayContaining(await listed(disc, starts[0] as number)),
  );
});

it("a file that was renamed gets a new name", async () => {
  const { disc, starts } = await burnSessions([
    () => ({ children: files(["a.txt", "A.TXT"]), contents: 2 }),
    ({ children }) => ({ children: children.map((node) => ({ ...node, name: `new ${node.name}` })), contents: 0 }),
  ]);
  const names = [...(await namesByContent(disc, starts[1] as number, 0)).values()];
  expect(names).toEqual(["NEW_A.TXT", "NEW_A_1.TXT"]);
});

describe("names follow the level and the characters", () => {
  const text = "Quarterly report+2024.html";
  it.each<[Iso9660Options, string]>([
    [{ level: 1 }, "QUT_2024.HTM"],
    [{ level: 2 }, "QUARTERLY_REPORT_2024.HTML"],
    [{}, "QUARTERLY_REPORT_2024.HTML"],
    [{ characters: "a" }, "QUARTERLY REPORT+2024.HTML"],
    [{ characters: "relaxed" }, "Quarterly report+2024.html"],
  ])("%j", async (options, expected) => {
    const { disc } = await burnSessions([() => ({ children: files([text]), contents: 1 })], new Iso9660(options));
    expect([...(await namesByContent(disc, 0, 0)).values()]).toEqual([expected]);
  });

  it.each<Iso9660Options>([{ level: 1 }, { characters: "a" }, { characters: "relaxed" }])(
    "and are unique, in the standard's order and kept, with %j",
    async (options) => {
      const writer = new Iso9660(options);
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(name, { minLength: 2, maxLength: 16 }), async (names) => {
          const half = names.length >> 1;
          const { disc, starts } = await burnSessions(
            [names.slice(0, half), names.slice(half)].map((part) => (old) => ({
              children: [...old.children, ...files(part)],
              contents: part.length,
            })),
            writer,
          );
          await expectKept(disc, starts[0] as number, starts[1] as number);
          const found = [...(await namesByContent(disc, starts[1] as number, 0)).values()];
          expect(new Set(found.map((key) => key.toUpperCase())).size).toBe(names.length);
          const padded = found.map((key) => {
            const [base = "", extension = ""] = key.split(".");
            if (options.level === 1) expect([base.length <= 8, extension.length <= 3]).toEqual([true, true]);
            return base.padEnd(31) + extension.padEnd(31);
          });
          expect(padded).toEqual(padded.toSorted());
        }),
        { numRuns: 40 },
      );
    },
  );

  it("a file of several sections is refused in levels 1 and 2", async () => {
    const writer = new Iso9660({ level: 2, sectionBytes: 2048 });
    const burn = burnSessions([() => ({ children: [file("big", 4096, 0)], contents: 1 })], writer);
    await expect(burn).rejects.toMatchObject({ code: "iso9660/FILE_TOO_LONG", subject: "big" });
  });
});

describe("files of a disc of another program keep its names", () => {
  const agree = async (disc: MemoryDisc): Promise<void> => {
    const base = await stateAt(fileSystem, disc, 0);
    const root = await importTree(await fileSystem.open(disc, base));
    const arriving = files(["README.TXT", "Long name (of) 2.txt"]);
    const next = await burnTree(
      fileSystem,
      disc,
      treeWith([...root.children, ...arriving]),
      appendSpace(10_000),
      [new Uint8Array(1), new Uint8Array(1)],
      base,
    );
    const old = await namesByContent(disc, 0, 1);
    expect(old.size).toBe(3);
    await expectKept(disc, 0, next.start);
  };
  const names = ["readme.txt", "Long name (of) 1.txt", `${"y".repeat(120)}.txt`];

  strangerTest("genisoimage", ["genisoimage"], async (bench) => {
    for (const text of names) bench.write(join("source", text), text);
    bench.run("genisoimage", "-quiet", "-R", "-J", "-joliet-long", "-o", "image.iso", "source");
    const disc = new MemoryDisc();
    disc.write(0, readFileSync(join(bench.folder, "image.iso")));
    await agree(disc);
  });

  strangerTest("xorriso", ["xorriso"], async (bench) => {
    for (const text of names) bench.write(join("source", text), text);
    bench.run("xorriso", "-no_rc", "-joliet", "on", "-outdev", "image.iso", "-map", "source", "/");
    const disc = new MemoryDisc();
    disc.write(0, readFileSync(join(bench.folder, "image.iso")));
    await agree(disc);
  });
});
