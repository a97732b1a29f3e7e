import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BlockReader, StateRef, Tree } from "@multisession/core";
import { describe, expect } from "vitest";
import { Iso9660 } from "../src/index.ts";
import {
  appendSpace,
  burnLayout,
  burnTree,
  fixed,
  MemoryDisc,
  overwriteSpace,
  stateAt,
  treeOf,
} from "./memory-disc.ts";
import { listingOf } from "./read-back.ts";
import { type Bench, strangerTest } from "./stranger.ts";

const fileSystem = new Iso9660();
const withoutJoliet = new Iso9660({ joliet: false });

/** Names, sizes, links and long names that readers disagree about when a writer is wrong. */
const sample: { tree: Tree; contents: Uint8Array[] } = treeOf({
  "readme.txt": "hello",
  README: "another",
  empty: "",
  "Grüße und 漢字.txt": "unicode",
  "with spaces & (signs).tar.gz": "x".repeat(5000),
  exact: "y".repeat(4096),
  [`${"long".repeat(55)}.txt`]: "a long name",
  "link-up": { link: "../x/./y" },
  "link-root": { link: "/usr/share/doc" },
  "link-long": { link: `${"part/".repeat(80)}${"z".repeat(250)}` },
  "link-dots": { link: `${"../".repeat(150)}x` },
  ...Object.fromEntries(
    // Entries end in front of, behind and inside of names of every length.
    Array.from({ length: 12 }, (_, index) => [
      `link-short-${index}`,
      { link: `${"y".repeat(index)}${"/a/./bc".repeat(60)}/d` },
    ]),
  ),
  folder: {
    "in folder.txt": "in",
    deeper: { deeper: { deeper: { deeper: { deeper: { deeper: { deeper: { deeper: { "deep.txt": "deep" } } } } } } } },
  },
  "dir.with.dots": {},
  many: Object.fromEntries(
    Array.from({ length: 150 }, (_, index) => [`document_${String(index).padStart(6, "0")}.txt`, `content ${index}`]),
  ),
});

type Found = Record<string, string>;

/** What the sample should look like: path to content, link, or "folder". */
function expected(kinds: "all" | "without links"): Found {
  const found: Found = {};
  const visit = (node: Tree["root"], path: string): void => {
    for (const child of node.children) {
      const at = path === "" ? child.name : `${path}/${child.name}`;
      if (child.kind === "directory") {
        found[at] = "folder";
        visit(child, at);
      } else if (child.kind === "symlink") {
        if (kinds === "all") found[at] = `-> ${child.target}`;
      } else if (child.kind === "file")
        found[at] = Buffer.from(sample.contents[child.content.kind === "new" ? child.content.id : -1] ?? []).toString();
    }
  };
  visit(sample.tree.root, "");
  return found;
}

/** What a program unpacked. */
function unpacked(folder: string, path = ""): Found {
  const found: Found = {};
  for (const name of readdirSync(join(folder, path))) {
    const at = path === "" ? name : `${path}/${name}`;
    const stats = lstatSync(join(folder, at));
    if (stats.isDirectory()) Object.assign(found, { [at]: "folder" }, unpacked(folder, at));
    else
      found[at] = stats.isSymbolicLink()
        ? `-> ${readlinkSync(join(folder, at))}`
        : readFileSync(join(folder, at), "utf8");
  }
  return found;
}

async function writeImage({ folder }: Bench, writer = fileSystem): Promise<string> {
  const disc = new MemoryDisc();
  await burnTree(writer, disc, sample.tree, appendSpace(0), sample.contents);
  const image = join(folder, "image.iso");
  writeFileSync(image, disc.toImage());
  return image;
}

describe.each([
  ["in one section each", fileSystem],
  ["in sections of one block", new Iso9660({ sectionBytes: 2048 })],
  ["without Joliet", withoutJoliet],
  ["with Rock Ridge 1.12", new Iso9660({ rockRidge: "1.12" })],
])("independent readers see every name, link and byte of files %s:", (_, writer) => {
  strangerTest("xorriso", ["xorriso"], async (bench) => {
    const image = await writeImage(bench, writer);
    bench.run("xorriso", "-no_rc", "-osirrox", "on", "-indev", image, "-extract", "/", join(bench.folder, "out"));
    expect(unpacked(join(bench.folder, "out"))).toEqual(expected("all"));
  });

  strangerTest("bsdtar", ["bsdtar"], async (bench) => {
    const image = await writeImage(bench, writer);
    mkdirSync(join(bench.folder, "out"));
    bench.run("bsdtar", "-xf", image, "-C", "out");
    expect(unpacked(join(bench.folder, "out"))).toEqual(expected("all"));
  });

  strangerTest("7z, which prefers Joliet", ["7z"], async (bench) => {
    const image = await writeImage(bench, writer);
    // It refuses links that lead out of the folder.
    bench.run("7z", "x", "-oout", "-x!link-*", image);
    // Joliet cuts the long name at 103 characters, and without it 7-Zip follows no continuation area of Rock Ridge.
    const shortened = (found: Found): Found =>
      Object.fromEntries(
        Object.entries(found).map(([path, content]) => [
          path.startsWith("longlong") ? `${path.slice(0, 99)}.txt` : path,
          content,
        ]),
      );
    expect(shortened(unpacked(join(bench.folder, "out")))).toEqual(shortened(expected("without links")));
  });
});

describe("without times of access and change, independent readers take the time of modification", () => {
  const time = Date.UTC(2020, 0, 2, 3, 4, 5);

  strangerTest("xorriso", ["xorriso"], async (bench) => {
    const image = await writeImage(bench);
    bench.run("xorriso", "-no_rc", "-osirrox", "on", "-indev", image, "-extract", "/readme.txt", "copy");
    const { atimeMs, mtimeMs } = lstatSync(join(bench.folder, "copy"));
    expect([atimeMs, mtimeMs]).toEqual([time, time]);
  });

  strangerTest("bsdtar", ["bsdtar"], async (bench) => {
    // In a tar archive of the pax format, the times that differ from that of modification stand in a header of their own.
    bench.run("bsdtar", "--format", "pax", "-cf", "all.tar", `@${await writeImage(bench)}`);
    const headers = readFileSync(join(bench.folder, "all.tar"), "latin1").matchAll(/ ([ac]time)=([\d.]+)\n/g);
    expect(new Set([...headers].map(([, , seconds]) => Number(seconds)))).toEqual(new Set([time / 1000]));
  });
});

describe("independent readers list", () => {
  strangerTest("isoinfo: neither Joliet nor Rock Ridge where they were not wanted", ["isoinfo"], async (bench) => {
    const image = await writeImage(bench, new Iso9660({ joliet: false, rockRidge: false }));
    const listed = bench.run("isoinfo", "-d", "-i", image);
    expect(listed).toMatch(/NO Joliet present/);
    expect(listed).toMatch(/NO Rock Ridge present/);
    expect(bench.run("isoinfo", "-i", image, "-x", "/README.TXT;1")).toBe("hello");
  });

  strangerTest("xorriso: serial numbers of Rock Ridge 1.12", ["xorriso"], async (bench) => {
    const image = await writeImage(bench, new Iso9660({ rockRidge: "1.12" }));
    expect(bench.run("isoinfo", "-d", "-i", image)).toMatch(/Rock Ridge signatures version 1 found/);
    const listed = bench.run("xorriso", "-no_rc", "-hardlinks", "on", "-indev", image, "-lsl", "/readme.txt", "--");
    expect(listed).toMatch(/-rw-r--r--\s+1 1000\s+100\s+5 Jan {1,2}2 {1,2}2020 '\/readme.txt'/);
  });

  strangerTest("isoinfo: Rock Ridge with modes, owners and link counts", ["isoinfo"], async (bench) => {
    const image = await writeImage(bench);
    const paths = bench.run("isoinfo", "-R", "-f", "-i", image).trim().split("\n");
    expect(paths.map((path) => path.slice(1)).toSorted()).toEqual(Object.keys(expected("all")).toSorted());
    // Owners are shown in octal: 1000 is 1750, 100 is 144. The folder holds one other, so three links lead to it.
    expect(bench.run("isoinfo", "-R", "-l", "-i", image)).toMatch(
      /drwxr-xr-x\s+3 1750\s+144\s+2048 Jan {1,2}2 2020 \[.*\] {1,2}folder\s*$/m,
    );
    expect(bench.run("isoinfo", "-R", "-i", image, "-x", "/readme.txt")).toBe("hello");
  });

  strangerTest("isovfy finds nothing wrong", ["isovfy"], async (bench) => {
    expect(bench.run("isovfy", await writeImage(bench))).toMatch(/No errors found/);
  });

  strangerTest("isoinfo: the plain names of the primary hierarchy", ["isoinfo"], async (bench) => {
    const paths = bench
      .run("isoinfo", "-f", "-i", await writeImage(bench))
      .trim()
      .split("\n");
    expect(paths).toContain("/MANY/DOCUMENT_000149.TXT;1");
    expect(paths).toContain("/README.TXT;1");
    expect(paths).toContain("/README.;1");
  });

  strangerTest("iso-info: Joliet", ["iso-info"], async (bench) => {
    const listed = bench.run("iso-info", "-f", "-i", await writeImage(bench));
    expect(listed).toContain("/Grüße und 漢字.txt");
    expect(listed).toContain("/many/document_000149.txt");
    expect(listed).toMatch(/Joliet Level: 3/);
  });

  strangerTest("iso-info: the level that Joliet names", ["iso-info"], async (bench) => {
    for (const jolietLevel of [1, 2, 3] as const)
      expect(bench.run("iso-info", "-i", await writeImage(bench, new Iso9660({ jolietLevel })))).toMatch(
        new RegExp(`Joliet Level: ${jolietLevel}`),
      );
  });

  strangerTest("GRUB: the bytes of files, through Rock Ridge names", ["grub-fstest"], async (bench) => {
    const image = await writeImage(bench);
    for (const [path, content] of Object.entries(expected("without links"))) {
      if (content === "folder" || /many.*[1-9]\.txt/.test(path)) continue;
      const copy = join(bench.folder, "copy");
      writeFileSync(copy, content);
      bench.run("grub-fstest", image, "cmp", `/${path}`, copy);
    }
  });
});

describe("readers of chains", () => {
  strangerTest(
    "isoinfo reads the second session of a write-once disc, and what it kept of the first",
    ["isoinfo"],
    async (bench) => {
      const disc = new MemoryDisc();
      const first = await burnTree(fileSystem, disc, small("one").tree, appendSpace(0), small("one").contents);
      const old = await fileSystem.open(disc, first);
      const [kept] = await old.list(old.root);
      if (kept?.kind !== "file") throw new Error("The first session is not as it was written");
      const { name, attributes, bytes, extents } = kept;
      const { tree, contents } = small("two");
      const children = [
        ...tree.root.children,
        { kind: "file", name, attributes, content: { kind: "recorded", bytes, extents } } as const,
      ];
      await burnTree(
        fileSystem,
        disc,
        { ...tree, root: { ...tree.root, children } },
        appendSpace(12_010),
        contents,
        first,
      );
      const image = join(bench.folder, "image.iso");
      writeFileSync(image, disc.toImage());
      expect(bench.run("isoinfo", "-R", "-f", "-T", "12010", "-i", image)).toBe("/one\n/two\n");
      expect(bench.run("isoinfo", "-R", "-T", "12010", "-i", image, "-x", "/one")).toBe("one");
      expect(bench.run("isoinfo", "-R", "-T", "12010", "-i", image, "-x", "/two")).toBe("two");
    },
  );

  const small = (name: string): { tree: Tree; contents: Uint8Array[] } => treeOf({ [name]: name }, name.toUpperCase());

  strangerTest(
    "xorriso lists both sessions of an overwritable disc, and shows the newest",
    ["xorriso"],
    async (bench) => {
      const disc = new MemoryDisc();
      const first = await burnTree(fileSystem, disc, small("one").tree, overwriteSpace(32), small("one").contents);
      const second = await burnTree(
        fileSystem,
        disc,
        small("two").tree,
        overwriteSpace(first.end),
        small("two").contents,
        first,
      );
      const image = join(bench.folder, "image.iso");
      writeFileSync(image, disc.toImage());
      const toc = bench.run("xorriso", "-no_rc", "-indev", image, "-toc", "-find", "/");
      expect(sessionsIn(toc)).toEqual([
        { at: first.start, blocks: first.end - first.start, name: "ONE" },
        { at: second.start, blocks: second.end - second.start, name: "TWO" },
      ]);
      expect(toc).toContain("'/two'");
      expect(toc).not.toContain("'/one'");
    },
  );

  strangerTest("xorriso follows a bridge over the blocks of an interrupted session", ["xorriso"], async (bench) => {
    const disc = new MemoryDisc();
    const first = await burnTree(fileSystem, disc, small("one").tree, overwriteSpace(32), small("one").contents);
    const second = await burnTree(
      fileSystem,
      disc,
      small("two").tree,
      overwriteSpace(first.end + 96, { chainFrom: first.end }),
      small("two").contents,
      first,
    );
    const image = join(bench.folder, "image.iso");
    writeFileSync(image, disc.toImage());
    expect(sessionsIn(bench.run("xorriso", "-no_rc", "-indev", image, "-toc"))).toEqual([
      { at: first.start, blocks: first.end - first.start, name: "ONE" },
      { at: first.end, blocks: 96, name: "ONE" },
      { at: second.start, blocks: second.end - second.start, name: "TWO" },
    ]);
  });

  strangerTest("xorriso finds nothing behind the head of a cleared disc", ["xorriso"], async (bench) => {
    const disc = new MemoryDisc();
    const first = await burnTree(fileSystem, disc, small("one").tree, overwriteSpace(32), small("one").contents);
    const extents = fileSystem.clear(overwriteSpace(32), {
      time: 0,
      life: "00".repeat(16),
      sequence: 0,
      nonce: "00".repeat(8),
    });
    disc.burn({ phases: [{ kind: "invalidate", extents, then: "none" }], state: first, imageDigest: "" }, []);
    const image = join(bench.folder, "image.iso");
    writeFileSync(image, disc.toImage());
    const toc = bench.run("xorriso", "-no_rc", "-indev", image, "-toc", "-find", "/");
    expect(sessionsIn(toc)).toEqual([{ at: 0, blocks: 32, name: "" }]);
    expect(toc).not.toContain("'/one'");
  });
});

function sessionsIn(toc: string): { at: number; blocks: number; name: string }[] {
  return [...toc.matchAll(/ISO session\s*:\s*\d+\s*,\s*(\d+)\s*,\s*(\d+)s\s*,[ \t]*(\S*)/g)].map(
    ([, at, blocks, name]) => ({ at: Number(at), blocks: Number(blocks), name: name ?? "" }),
  );
}

describe("volumes of other programs are read", () => {
  const write = ({ folder }: Bench): string => {
    const source = join(folder, "source");
    const deep = join(source, ...Array.from({ length: 10 }, () => "deep"));
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, "end.txt"), "end");
    writeFileSync(join(source, "Grüße.txt"), "hello");
    writeFileSync(join(source, `${"long".repeat(50)}.txt`), "long");
    symlinkSync("../some/where", join(source, "link"));
    for (const [index, target] of ["a//b", "../../a/./b//c", ".//y", "//x", "/", "/a"].entries())
      symlinkSync(target, join(source, `link ${index}`));
    return source;
  };

  const readImage = async (image: string): Promise<Found> => {
    const disc = new MemoryDisc();
    disc.write(0, readFileSync(image));
    const read: number[] = [];
    const reader: BlockReader = {
      read: (at, blocks) => {
        read.push(...Array.from({ length: blocks }, (_, index) => at + index));
        return disc.read(at, blocks);
      },
    };
    const volume = await fileSystem.open(reader, await stateAt(fileSystem, disc, 0));
    const listing = await listingOf(volume, reader);
    expect(volume.findings).toEqual([]);
    // The last block tells whether the image was cut, and may be a content's.
    const last = (await stateAt(fileSystem, disc, 0)).end - 1;
    expect(read.filter((block, index) => block !== last && read.indexOf(block) !== index)).toEqual([]);
    return Object.fromEntries(
      Object.entries(listing)
        .filter(([path]) => path !== "")
        .map(([path, { kind, target, content = "" }]) => [
          path.slice(1),
          kind === "directory"
            ? "folder"
            : kind === "symlink"
              ? `-> ${target}`
              : Buffer.from(content, "base64").toString(),
        ]),
    );
  };

  strangerTest("genisoimage, which relocates deep folders", ["genisoimage"], async (bench) => {
    const source = write(bench);
    bench.run("genisoimage", "-quiet", "-R", "-J", "-o", "image.iso", source);
    expect(await readImage(join(bench.folder, "image.iso"))).toEqual(unpacked(source));
  });

  strangerTest("genisoimage, and republished behind it", ["genisoimage"], async (bench) => {
    bench.run("genisoimage", "-quiet", "-R", "-J", "-o", "image.iso", write(bench));
    const disc = new MemoryDisc();
    disc.write(0, readFileSync(join(bench.folder, "image.iso")));
    const base = await stateAt(fileSystem, disc, 0);
    const space = appendSpace(12_000);
    await burnLayout(disc, await fileSystem.republish(base, { space, base, fixed }, disc), space);
    const again = await stateAt(fileSystem, disc, 12_000, 1);
    expect(again).toMatchObject({ digest: base.digest, label: base.label, record: { start: 12_000 } });
    expect(await listingOf(await fileSystem.open(disc, again), disc)).toEqual(
      await listingOf(await fileSystem.open(disc, base), disc),
    );
  });

  strangerTest("xorriso", ["xorriso"], async (bench) => {
    const source = write(bench);
    bench.run("xorriso", "-no_rc", "-joliet", "on", "-outdev", "image.iso", "-map", source, "/");
    expect(await readImage(join(bench.folder, "image.iso"))).toEqual(unpacked(source));
  });

  strangerTest("xorriso, which relocates deep folders to the root", ["xorriso"], async (bench) => {
    const source = write(bench);
    const deep = ["-compliance", "deep_paths_off"];
    bench.run("xorriso", "-no_rc", ...deep, "-outdev", "image.iso", "-map", source, "/");
    expect(await readImage(join(bench.folder, "image.iso"))).toEqual(unpacked(source));
  });

  strangerTest("genisoimage with zisofs", ["genisoimage", "mkzftree"], async (bench) => {
    bench.write("source/big.txt", "all the same ".repeat(10_000));
    bench.write("source/small.txt", "small");
    bench.run("mkzftree", "source", "compressed");
    bench.run("genisoimage", "-quiet", "-R", "-z", "-o", "image.iso", "compressed");
    const disc = new MemoryDisc();
    disc.write(0, readFileSync(join(bench.folder, "image.iso")));
    const volume = await fileSystem.open(disc, await stateAt(fileSystem, disc, 0));
    const big = (await volume.list(volume.root)).find(({ name }) => name === "big.txt");
    if (big?.kind !== "file") throw new Error("The file is missing");
    expect(big).toMatchObject({ bytes: 130_000, encoding: "zisofs 1 4 15" });
    const pieces: Uint8Array[] = [];
    for await (const piece of volume.decode?.(big) ?? []) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe("all the same ".repeat(10_000));
    expect(volume.findings).toEqual([]);
  });

  describe.each([
    ["genisoimage", ["genisoimage", "-quiet"]],
    ["xorriso", ["xorriso", "-as", "mkisofs", "-quiet"]],
  ] as const)("%s at level 4", (_, [program, ...settings]) => {
    strangerTest("by the names of its enhanced volume", [program], async (bench) => {
      const names = ["Some long name, with signs.tar.gz", "Grüße.txt", "no extension", "a;1"];
      for (const name of names) bench.write(`source/${name}`, name);
      bench.write("source/Folder/inside.txt", "inside");
      bench.run(program, ...settings, "-iso-level", "4", "-o", "image.iso", "source");
      const disc = new MemoryDisc();
      disc.write(0, readFileSync(join(bench.folder, "image.iso")));
      const state = await stateAt(fileSystem, disc, 0);
      const volume = await new Iso9660({ prefer: ["enhanced"] }).open(disc, state);
      const listing = await listingOf(volume, disc);
      for (const name of names) expect(Buffer.from(listing[`/${name}`]?.content ?? "", "base64").toString()).toBe(name);
      expect(listing["/Folder/inside.txt"]?.kind).toBe("file");
      expect(volume.findings).toEqual([]);
    });
  });

  strangerTest("xorriso -for_backup, three sessions, the first of which is shown again", ["xorriso"], async (bench) => {
    for (const name of ["one", "two", "three"]) {
      bench.write(`source/${name}`, name);
      bench.run("xorriso", "-no_rc", "-for_backup", "-joliet", "on", "-dev", "image.iso", "-map", "source", "/");
    }
    const image = join(bench.folder, "image.iso");
    const disc = new MemoryDisc();
    disc.write(0, readFileSync(image));
    const sessions = sessionsIn(bench.run("xorriso", "-no_rc", "-md5", "on", "-indev", image, "-toc"));
    expect(sessions).toHaveLength(3);
    const states = [];
    for (const [index, { at, blocks }] of sessions.entries()) {
      const state = await stateAt(fileSystem, disc, at, index);
      expect(state.end).toBe(at + blocks);
      states.push(state);
    }
    const names = async (state: StateRef): Promise<string[]> => {
      const volume = await fileSystem.open(disc, state);
      return (await volume.list(volume.root)).map(({ name }) => name).toSorted();
    };
    expect(await names(states[1] as StateRef)).toEqual(["one", "two"]);
    expect(await names(states[2] as StateRef)).toEqual(["one", "three", "two"]);

    const [first, , base] = states as [StateRef, StateRef, StateRef];
    const space = overwriteSpace(Math.ceil(base.end / 32) * 32);
    const before = await names(first);
    await burnLayout(disc, await fileSystem.republish(first, { space, base, fixed }, disc), space);
    expect(await names(await stateAt(fileSystem, disc, space.sessionStart, 3))).toEqual(before);
    writeFileSync(image, disc.toImage());
    const toc = bench.run("xorriso", "-no_rc", "-indev", image, "-toc", "-find", "/");
    expect(sessionsIn(toc).map(({ at }) => at)).toEqual([...sessions.map(({ at }) => at), space.sessionStart]);
    expect(toc).toContain("'/one'");
    expect(toc).not.toContain("'/two'");
  });
});
