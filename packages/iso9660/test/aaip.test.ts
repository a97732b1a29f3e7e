import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Attributes, DirectoryNode, ExtendedAttribute, TreeNode } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeData, attributeEntries, MAX_ATTRIBUTE_BYTES, readAttributes } from "../src/aaip.ts";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { importTree } from "./import-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc, stateAt } from "./memory-disc.ts";
import { type Bench, strangerTest } from "./stranger.ts";

const fileSystem = new Iso9660();

const attribute = (name: string, value: string): ExtendedAttribute => ({ name, value: Buffer.from(value) });

function withExtended<T extends TreeNode>(node: T, ...extended: ExtendedAttribute[]): T {
  return { ...node, attributes: { ...node.attributes, extended } };
}

/** Attributes by name, with values as text; of every node of a tree by its path. */
function extendedOf(root: DirectoryNode): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  const visit = (node: TreeNode, path: string): void => {
    const { extended }: Attributes = node.attributes;
    if (extended !== undefined)
      found[path] = Object.fromEntries(
        extended.map(({ name, value }) => [name, Buffer.from(value).toString("latin1")]),
      );
    if (node.kind === "directory") for (const child of node.children) visit(child, `${path}/${child.name}`);
  };
  visit(root, "");
  return found;
}

const long = "v".repeat(5000);
const root = directory(
  "",
  withExtended(file("colored", 5, 0), attribute("user.color", "blue"), attribute("user.empty", "")),
  withExtended(file(`${"n".repeat(200)}`, 5, 0), attribute("user.long", long), attribute("trusted.x", "\0\u0001")),
  withExtended(directory("folder", file("plain", 5, 0)), attribute("user.comment", "yes")),
  {
    ...withExtended(file("link", 0, 0), attribute("security.selinux", "label")),
    kind: "symlink",
    target: "colored",
  } as TreeNode,
);
const expected = {
  "/colored": { "user.color": "blue", "user.empty": "" },
  [`/${"n".repeat(200)}`]: { "user.long": long, "trusted.x": "\0\u0001" },
  "/folder": { "user.comment": "yes" },
  "/link": { "security.selinux": "label" },
};

describe("extended attributes", () => {
  it("are what they were, whatever names and values they have", () => {
    const attributes = fc.array(
      fc.record({
        name: fc.oneof(
          fc.constant(""),
          fc.string({ unit: "grapheme", maxLength: 300 }),
          fc.constantFrom("user.a", "system.b", "\u0003c"),
        ),
        value: fc.uint8Array({ maxLength: 1200 }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(attributes, (given) => {
        const kept = given
          .filter(({ name }) => !name.startsWith("isofs."))
          .toSorted((a, b) => Math.sign(a.value.length) - Math.sign(b.value.length));
        const read = readAttributes(attributeEntries(kept).map(attributeData));
        expect(read.map(({ name, value }) => [name, [...value]])).toEqual(
          kept.map(({ name, value }) => [name, [...value]]),
        );
      }),
    );
  });

  it("are cut where their entries end too early, and nothing breaks", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 260 }), { maxLength: 5 }), (pieces) => {
        for (const { name, value } of readAttributes(pieces)) expect(name.length + value.length).toBeLessThan(1400);
      }),
    );
  });

  it("are read back from the disc, session after session", async () => {
    const disc = new MemoryDisc();
    const base = await burnTree(fileSystem, disc, { volumeName: "V", root }, appendSpace(0), [Buffer.from("12345")]);
    const imported = await importTree(await fileSystem.open(disc, base));
    expect(extendedOf(imported)).toEqual(expected);
    await burnTree(fileSystem, disc, { volumeName: "V", root: imported }, appendSpace(1000), [], base);
    const again = await fileSystem.open(disc, await stateAt(fileSystem, disc, 1000));
    expect(extendedOf(await importTree(again))).toEqual(expected);
    expect(again.findings).toEqual([]);
  });

  it("that no continuation area can hold are refused", async () => {
    const tree = directory("", withExtended(file("x", 0, 0), attribute("user.a", "a".repeat(MAX_ATTRIBUTE_BYTES))));
    await expect(
      fileSystem.layout({ volumeName: "V", root: tree }, { space: appendSpace(0), fixed }),
    ).rejects.toMatchObject({ code: "iso9660/ATTRIBUTES_TOO_LONG" });
  });

  it.each(["1.10", "1.12"] as const)("of the root are kept where they fit into its record (%s)", async (rockRidge) => {
    const writer = new Iso9660({ rockRidge });
    const long = { name: "user.a", value: Buffer.alloc(200, "a") };
    for (const [extended, isKept] of [
      [attribute("user.a", "b".repeat(100)), true],
      [long, false],
    ] as const) {
      const disc = new MemoryDisc();
      const tree = { volumeName: "V", root: withExtended(directory("", file("x", 0, 0)), extended) };
      const { notes } = await writer.layout(tree, { space: appendSpace(0), fixed });
      expect(/extended attributes of the root/.test(notes.join())).toBe(!isKept);
      const state = await burnTree(writer, disc, tree, appendSpace(0), [Buffer.alloc(0)]);
      const volume = await writer.open(disc, state);
      expect(extendedOf(await importTree(volume))).toEqual(isKept ? { "": { "user.a": "b".repeat(100) } } : {});
      expect((await volume.list(volume.root)).map(({ name }) => name)).toEqual(["x"]);
    }
  });
});

const quiet = ["-no_rc", "-report_about", "FAILURE", "-for_backup"];
const attributesSeen = (bench: Bench, ...load: string[]): string =>
  bench
    .run("xorriso", ...quiet, ...load, "-getfattr_r", "/", "--", "-getfacl_r", "/", "--")
    .replaceAll(NO_ATTRIBUTES, "");

/** What xorriso says of a file with nothing but its own notes: of these none are kept. */
const NO_ATTRIBUTES = /^# file: \S+\n\n/gm;

strangerTest("our extended attributes, before xorriso", ["xorriso"], async (bench) => {
  const disc = new MemoryDisc();
  await burnTree(fileSystem, disc, { volumeName: "V", root }, appendSpace(0), [Buffer.from("12345")]);
  bench.write("image.iso", disc.toImage());
  const seen = attributesSeen(bench, "-indev", "image.iso");
  expect(seen).toContain('# file: colored\nuser.empty=""\nuser.color="blue"\n');
  expect(seen).toContain('# file: folder\nuser.comment="yes"\n');
  // It does not show values of more than 4096 bytes, but tells how long they are.
  expect(seen).toContain('# oversized: name 9 , value 5000 bytes\ntrusted.x="\\000\\001"\n');
});

strangerTest("attributes and access control lists of xorriso, in our next session", ["xorriso"], async (bench) => {
  bench.write("source/file", "file");
  bench.write("source/folder/inside", "inside");
  const lists = ["-setfacl", "u::rwx,u:12345:rw,g::r,g:54321:r,m::rw,o::-", "/file", "--"];
  const defaults = ["-setfacl", "d:u::rwx,d:u:12345:rx,d:g::rx,d:m::rx,d:o::-", "/folder", "--"];
  const values = [
    "-setfattr",
    "user.color",
    "blue",
    "/",
    "/file",
    "/folder",
    "--",
    "-setfattr",
    "user.long",
    "x".repeat(700),
    "/file",
    "--",
  ];
  bench.run(
    "xorriso",
    ...quiet,
    "-outdev",
    "image.iso",
    "-map",
    "source",
    "/",
    ...lists,
    ...defaults,
    ...values,
    "-commit",
  );
  const before = attributesSeen(bench, "-indev", "image.iso");
  expect(before).toContain("user:12345:rw-");
  expect(before).toContain("default:user:12345:r-x");

  const disc = new MemoryDisc();
  disc.write(0, readFileSync(join(bench.folder, "image.iso")));
  const base = await stateAt(fileSystem, disc, 0);
  const imported = await importTree(await fileSystem.open(disc, base));
  expect(extendedOf(imported)["/file"]).toMatchObject({ "user.color": "blue", "user.long": "x".repeat(700) });
  expect(JSON.stringify(extendedOf(imported))).not.toContain("isofs.");
  await burnTree(fileSystem, disc, { volumeName: "V", root: imported }, appendSpace(4096), [], base);
  bench.write("image.iso", disc.toImage());
  expect(attributesSeen(bench, "-load", "sbsector", "4096", "-indev", "image.iso")).toBe(before);
});
