import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Iso9660, type Iso9660Options } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { appendSpace, burnLayout, burnTree, fixed, MemoryDisc, stateAt, treeOf } from "./memory-disc.ts";
import { type Bench, strangerTest } from "./stranger.ts";

const options: Iso9660Options = {
  texts: {
    system: "Any",
    volumeSet: "Holiday pictures",
    publisher: "Jane Doe, Köln",
    preparer: "backup@example.org",
    application: "Album 2",
    copyright: "LICENSE.txt",
    abstract: "about this disc.txt",
    bibliographic: "books",
  },
  dates: {
    created: Date.UTC(2001, 1, 3, 4, 5, 6, 70),
    modified: Date.UTC(2002, 1, 3, 4, 5, 6),
    expires: Date.UTC(2030, 0, 1),
    effective: Date.UTC(2003, 0, 1),
  },
  applicationUse: Buffer.from("for the application"),
};

const sample = treeOf({ "LICENSE.txt": "mine", "about this disc.txt": "a", books: "b" });

async function burned(writer = new Iso9660(options)): Promise<MemoryDisc> {
  const disc = new MemoryDisc();
  await burnTree(writer, disc, sample.tree, appendSpace(0), sample.contents);
  return disc;
}

const primaryFields = {
  system: [8, 40],
  volumeSet: [190, 318],
  publisher: [318, 446],
  preparer: [446, 574],
  application: [574, 702],
  copyright: [702, 739],
  abstract: [739, 776],
  bibliographic: [776, 813],
  created: [813, 830],
  modified: [830, 847],
  expires: [847, 864],
  effective: [864, 881],
} as const;

describe("the primary descriptor", () => {
  it.each([
    ["system", "ANY"],
    ["volumeSet", "HOLIDAY PICTURES"],
    ["publisher", "JANE DOE, K_LN"],
    ["preparer", "BACKUP_EXAMPLE.ORG"],
    ["application", "ALBUM 2"],
    ["copyright", "LICENSE.TXT;1"],
    ["abstract", "ABOUT_THIS_DISC.TXT;1"],
    ["bibliographic", "BOOKS.;1"],
    ["created", "2001020304050607\0"],
    ["modified", "2002020304050600\0"],
    ["expires", "2030010100000000\0"],
    ["effective", "2003010100000000\0"],
  ] as const)("holds as %s %j", async (name, expected) => {
    const block = Buffer.from(await (await burned()).read(16, 1));
    const [from, to] = primaryFields[name];
    expect(block.toString("latin1", from, to)).toBe(expected.padEnd(to - from));
  });

  it("holds what the application keeps there, behind the session record", async () => {
    const block = Buffer.from(await (await burned()).read(16, 1));
    expect(block.toString("latin1", 883, 890)).toBe("MSESSIO");
    expect(block.toString("latin1", 883 + 64, 883 + 64 + 20)).toBe("for the application\0");
  });
});

it("Joliet's descriptor holds texts as they are, and the names that it gives files", async () => {
  const block = await (await burned()).read(17, 1);
  const text = (from: number, to: number): string =>
    new TextDecoder("utf-16be").decode(block.subarray(from, from + ((to - from) & ~1))).trimEnd();
  expect(text(...primaryFields.publisher)).toBe("Jane Doe, Köln");
  expect(text(...primaryFields.copyright)).toBe("LICENSE.txt;1");
  expect(text(...primaryFields.abstract)).toBe("");
});

it("a layout notes names that Joliet has no room for, and files that are not there", async () => {
  const frame = { space: appendSpace(0), fixed };
  expect((await new Iso9660(options).layout(sample.tree, frame)).notes).toEqual([
    'The name "about this disc.txt" is too long for the text "abstract" on Windows (Joliet), which stays blank there.',
  ]);
  const missing = new Iso9660({ texts: { copyright: "nowhere" } });
  expect((await missing.layout(sample.tree, frame)).notes).toEqual([
    'No file "nowhere" lies in the root, so "copyright" stays blank.',
  ]);
});

it("texts, dates and application use are kept when a state is shown again", async () => {
  const fileSystem = new Iso9660(options);
  const disc = await burned(fileSystem);
  const base = await stateAt(fileSystem, disc, 0);
  const space = appendSpace(1000);
  const plain = new Iso9660();
  await burnLayout(disc, await plain.republish(base, { space, base, fixed }, disc), space);
  for (const descriptor of [16, 17]) {
    const [old, again] = [await disc.read(descriptor, 1), await disc.read(1000 + descriptor, 1)];
    for (const [from, to] of [
      [190, 881],
      [883 + 64, 1395],
    ] as const)
      expect(again.subarray(from, to)).toEqual(old.subarray(from, to));
  }
});

it("with dates given, a tree has the same descriptors whenever it is burned", async () => {
  const blocks = async (time: number): Promise<Uint8Array> => {
    const disc = new MemoryDisc();
    const space = appendSpace(0);
    const layout = await new Iso9660(options).layout(sample.tree, { space, fixed: { ...fixed, time } });
    await burnLayout(disc, layout, space, sample.contents);
    return disc.read(17, layout.front - 17);
  };
  expect(await blocks(1e12)).toEqual(await blocks(1.5e12));
});

describe("refused at the factory", () => {
  it.each<Iso9660Options>([
    { texts: { publisher: "" } },
    { texts: { publisher: "x".repeat(129) } },
    { texts: { system: "x".repeat(33) } },
    { texts: { owner: "x" } as Iso9660Options["texts"] & object },
    { dates: { created: Number.NaN } },
    { dates: { expires: Date.UTC(2200, 0, 1) } },
    { applicationUse: new Uint8Array(449) },
    { level: 5 as 3 },
    { characters: "b" as "a" },
    { deepFolders: "some" as "refused" },
  ])("%j", (wrong) => {
    expect(() => new Iso9660(wrong)).toThrow(TypeError);
  });
});

describe("with deep folders refused", () => {
  const strict = new Iso9660({ deepFolders: "refused" });
  const layout = (node: Parameters<typeof directory>[1]): Promise<unknown> =>
    strict.layout({ volumeName: "V", root: directory("", node as never) }, { space: appendSpace(0), fixed });
  const nested = (depth: number, text: string, end: string): ReturnType<typeof directory> => {
    let node = directory(text, file(end));
    for (let level = 1; level < depth; level += 1) node = directory(text, node);
    return node;
  };

  it("eight levels are taken, and the ninth is named", async () => {
    await expect(layout(nested(7, "d", "f"))).resolves.toBeDefined();
    await expect(layout(nested(8, "d", "f"))).rejects.toMatchObject({
      code: "NAME_NOT_ALLOWED",
      subject: "/d/d/d/d/d/d/d/d",
    });
  });

  it("a path of 255 bytes is taken, and of 256 refused", async () => {
    // Seven folders of 31 characters and one for each; the file's name with dot and version takes 31 of the 255.
    const path = (end: string): Promise<unknown> => layout(nested(7, "d".repeat(31), end));
    await expect(path(`${"f".repeat(25)}.txt`)).resolves.toBeDefined();
    await expect(path(`${"f".repeat(26)}.txt`)).rejects.toMatchObject({ code: "NAME_NOT_ALLOWED" });
  });
});

describe("independent readers show the texts:", () => {
  const write = async ({ folder }: Bench): Promise<string> => {
    const image = join(folder, "image.iso");
    writeFileSync(image, (await burned()).toImage());
    return image;
  };

  strangerTest("isoinfo", ["isoinfo"], async (bench) => {
    const listed = bench.run("isoinfo", "-d", "-i", await write(bench));
    for (const line of ["System id: ANY", "Publisher id: JANE DOE, K_LN", "Copyright File id: LICENSE.TXT;1"])
      expect(listed).toContain(line);
  });

  strangerTest("xorriso", ["xorriso"], async (bench) => {
    const listed = bench.run("xorriso", "-no_rc", "-indev", await write(bench), "-pvd_info");
    for (const line of ["Preparer Id  : BACKUP_EXAMPLE.ORG", "Abstract File: ABOUT_THIS_DISC.TXT;1"])
      expect(listed).toContain(line);
    expect(listed).toMatch(/Creation Time: 2001020304050607/);
  });
});
