import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attributes, DirectoryNode, TreeNode } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Iso9660, type Iso9660Options } from "../src/index.ts";
import { nameAsGiven, whyNoIdentifier } from "../src/iso-names.ts";
import { directory, file, name, symlink } from "./arbitrary-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc, treeOf } from "./memory-disc.ts";
import { listingOf } from "./read-back.ts";
import { strangerTest } from "./stranger.ts";

const strict = new Iso9660({ profile: "strict" });
const dicom = new Iso9660({ profile: "dicom-cd" });

const layout = (
  fileSystem: Iso9660,
  children: readonly TreeNode[],
  volumeName = "VOLUME",
): Promise<{ readonly notes: readonly string[] }> =>
  fileSystem.layout({ volumeName, root: directory("", ...children) }, { space: appendSpace(0), fixed });

const changed = (node: TreeNode, attributes: Partial<Attributes>): TreeNode => ({
  ...node,
  attributes: { ...node.attributes, ...attributes },
});

const fileSet = treeOf(
  { DICOMDIR: "directory", IMAGES: { IM000001: "one", IM000002: "two" }, "README.TXT": "for people" },
  "EXAM_4711",
);

describe("a strict volume refuses, with path and reason,", () => {
  const folder = (child: TreeNode): TreeNode => directory("FOLDER", child);

  it.each([
    ["small letters", folder(file("readme.TXT")), /other characters than A to Z/],
    ["a space", folder(file("READ ME.TXT")), /other characters/],
    ["letters outside ASCII", folder(file("GRÜSSE")), /other characters/],
    ["two dots", folder(file("A.TAR.GZ")), /more than one dot/],
    ["a name that begins with a dot", folder(file(".PROFILE")), /nothing before its dot/],
    ["a name that ends in a dot", folder(file("A.")), /ends in a dot/],
    ["a folder with a dot", folder(directory("A.B")), /folder with a dot/],
    ["a long name", folder(file("A".repeat(31))), /more than 30 characters/],
    ["a name whose parts are long together", folder(file(`${"A".repeat(20)}.${"B".repeat(11)}`)), /longer than 30/],
    ["a folder with a long name", folder(directory("A".repeat(32))), /longer than 31/],
  ])("%s", async (_, node, reason) => {
    const child = (node as DirectoryNode).children[0] as TreeNode;
    const refused = layout(strict, [node]);
    await expect(refused).rejects.toMatchObject({ code: "NAME_NOT_ALLOWED", subject: `/FOLDER/${child.name}` });
    await expect(refused).rejects.toThrow(reason);
  });

  it("the ninth level, and a path of 256 bytes", async () => {
    const nested = (depth: number, text: string, leaf: TreeNode): TreeNode =>
      depth === 0 ? leaf : directory(text, nested(depth - 1, text, leaf));
    await expect(layout(strict, [nested(8, "D", file("F"))])).rejects.toMatchObject({ subject: "/D/D/D/D/D/D/D/D" });
    await expect(layout(strict, [nested(7, "D".repeat(31), file(`${"F".repeat(26)}.TXT`))])).rejects.toMatchObject({
      code: "NAME_NOT_ALLOWED",
    });
  });

  it("symbolic links, unless Rock Ridge alone is there to hold them", async () => {
    const link = directory("FOLDER", symlink("LINK", "TARGET"));
    const refusal = { code: "iso9660/LINK_NOT_ALLOWED", subject: "/FOLDER/LINK" };
    await expect(layout(strict, [link])).rejects.toMatchObject(refusal);
    const both = new Iso9660({ profile: "strict", rockRidge: "1.10", joliet: true });
    await expect(layout(both, [link])).rejects.toMatchObject(refusal);
    await expect(layout(new Iso9660({ profile: "strict", rockRidge: "1.10" }), [link])).resolves.toBeDefined();
  });

  it.each(["Holiday", "A VOLUME", "A".repeat(33)])("the volume name %s", async (volumeName) => {
    await expect(layout(strict, [], volumeName)).rejects.toMatchObject({
      code: "INVALID_VOLUME_NAME",
      subject: volumeName,
    });
  });

  const with1850 = (node: TreeNode): TreeNode => changed(node, { modified: Date.UTC(1850, 0, 1) });
  const extended = [{ name: "user.comment", value: Buffer.from("scanned twice") }];

  it.each<[string, Iso9660Options, TreeNode, string, RegExp]>([
    ["a time of 1850", {}, with1850(file("A")), "iso9660/TIME_NOT_ALLOWED", /years 1900 to 2155/],
    [
      "a folder's, which long stamps keep for some",
      { rockRidge: "1.10", stamps: "long" },
      with1850(directory("A")),
      "iso9660/TIME_NOT_ALLOWED",
      /years 1900 to 2155/,
    ],
    [
      "extended attributes without Rock Ridge",
      {},
      changed(file("A"), { extended }),
      "iso9660/ATTRIBUTES_NOT_ALLOWED",
      /which take Rock Ridge/,
    ],
    [
      "links that the names of level 4 leave out",
      { level: 4, rockRidge: "1.10" },
      symlink("A", "B"),
      "iso9660/LINK_NOT_ALLOWED",
      /ISO 9660:1999 does not know/,
    ],
  ])("%s", async (_, options, node, code, reason) => {
    const refused = layout(new Iso9660({ ...options, profile: "strict" }), [folder(node)]);
    await expect(refused).rejects.toMatchObject({ code, subject: "/FOLDER/A", advice: expect.stringMatching(/./) });
    await expect(refused).rejects.toThrow(reason);
  });

  it.each<[string, Iso9660Options, Partial<Attributes>, string]>([
    ["a time", {}, { modified: Date.UTC(2200, 0, 1) }, "iso9660/TIME_NOT_ALLOWED"],
    ["extended attributes", {}, { extended }, "iso9660/ATTRIBUTES_NOT_ALLOWED"],
    [
      "attributes longer than its record",
      { rockRidge: "1.10" },
      { extended: [{ name: "user.long", value: Buffer.alloc(300) }] },
      "iso9660/ATTRIBUTES_NOT_ALLOWED",
    ],
  ])("%s of the root", async (_, options, attributes, code) => {
    const root = changed(directory(""), attributes) as DirectoryNode;
    const refused = new Iso9660({ ...options, profile: "strict" }).layout(
      { volumeName: "VOLUME", root },
      { space: appendSpace(0), fixed },
    );
    await expect(refused).rejects.toMatchObject({ code, subject: "/" });
  });

  it.each<[string, Iso9660Options, RegExp]>([
    ["names no file", { texts: { copyright: "MISSING.TXT" } }, /"\/MISSING.TXT" is no file of the root.*"copyright"/],
    ["names a folder", { texts: { abstract: "FOLDER" } }, /"\/FOLDER" is no file of the root.*"abstract"/],
    [
      "has no room for the file's name in Joliet",
      { joliet: true, texts: { bibliographic: "SEVENTEEN_LETTERS.TXT" } },
      /"\/SEVENTEEN_LETTERS.TXT" has a name too long for Joliet's text "bibliographic"/,
    ],
  ])("a text that %s", async (_, options, reason) => {
    const children = [directory("FOLDER"), file("SEVENTEEN_LETTERS.TXT")];
    const refused = layout(new Iso9660({ ...options, profile: "strict" }), children);
    const subject = `/${Object.values(options.texts ?? {})[0]}`;
    await expect(refused).rejects.toMatchObject({ code: "iso9660/TEXT_NOT_ALLOWED", subject });
    await expect(refused).rejects.toThrow(reason);
  });

  it("a volume name that Joliet cuts", async () => {
    const both = new Iso9660({ profile: "strict", joliet: true });
    await expect(layout(both, [], "A".repeat(17))).rejects.toMatchObject({ code: "INVALID_VOLUME_NAME" });
    await expect(layout(both, [], "A".repeat(16))).resolves.toBeDefined();
  });

  it("a file of several sections in levels 1 and 2", async () => {
    const level2 = new Iso9660({ profile: "strict", level: 2, sectionBytes: 2048 });
    await expect(layout(level2, [file("BIG", 4096)])).rejects.toMatchObject({ code: "iso9660/FILE_TOO_LONG" });
  });

  it.each<Iso9660Options>([
    { profile: "strict", characters: "relaxed" },
    { profile: "strict", deepFolders: "allowed" },
    { profile: "strict", texts: { publisher: "Jane Doe" } },
    { profile: "strict", joliet: true, texts: { publisher: "P".repeat(65) } },
    { profile: "dicom-cd", level: 2 },
    { profile: "lenient" as "strict" },
  ])("and the options %j", (options) => {
    expect(() => new Iso9660(options)).toThrow(TypeError);
  });
});

describe("a strict volume", () => {
  it("has every name as it was given, whatever a disc called the file before", async () => {
    const remembered = { ...file("README"), recordedAs: "README_1.//README" };
    expect(nameAsGiven([remembered]).map(({ key }) => key)).toEqual(["README."]);
    const disc = new MemoryDisc();
    const state = await burnTree(strict, disc, fileSet.tree, appendSpace(0), fileSet.contents);
    const paths = Object.keys(await listingOf(await strict.open(disc, state), disc));
    expect(paths).toEqual(["", "/DICOMDIR", "/IMAGES", "/IMAGES/IM000001", "/IMAGES/IM000002", "/README.TXT"]);
  });

  it("takes a tree exactly when no name would be changed", () => {
    fc.assert(
      fc.property(name, fc.constantFrom(1 as const, 2 as const, 3 as const), (text, level) => {
        const node = file(text);
        const isTaken = whyNoIdentifier(node, { level, characters: "d" }) === undefined;
        const lengths = level === 1 ? /^[A-Z0-9_]{1,8}(\.[A-Z0-9_]{1,3})?$/ : /^[A-Z0-9_]{1,30}(\.[A-Z0-9_]{1,30})?$/;
        expect(isTaken).toBe(lengths.test(text) && text.replace(".", "").length <= (level === 1 ? 11 : 30));
      }),
      { numRuns: 500 },
    );
  });
});

describe("dicom-cd", () => {
  it("takes a File-set, and says that extensions are not for its files", async () => {
    const { notes } = await dicom.layout(fileSet.tree, { space: appendSpace(0), fixed });
    expect(notes.join("\n")).toMatch(/1 name has an extension/);
    expect(notes.join("\n")).not.toMatch(/DICOMDIR/);
  });

  it("says that a DICOMDIR is missing", async () => {
    expect((await layout(dicom, [file("IM000001")])).notes.join("\n")).toMatch(/No file DICOMDIR lies in the root/);
  });

  it.each([
    ["a ninth character", file("IM0000001")],
    ["a fourth character of extension", file("INDEX.HTML")],
    ["a long folder", directory("IMAGES_01")],
    ["small letters", file("dicomdir")],
  ])("refuses %s", async (_, node) => {
    await expect(layout(dicom, [node])).rejects.toMatchObject({
      code: "NAME_NOT_ALLOWED",
      subject: `/${node.name}`,
      advice: expect.stringMatching(/./),
    });
  });

  it("the volume's name is the File-set ID: up to 16 d-characters, or none", async () => {
    await expect(layout(dicom, [], "")).resolves.toBeDefined();
    await expect(layout(dicom, [], "A".repeat(16))).resolves.toBeDefined();
    await expect(layout(dicom, [], "A".repeat(17))).rejects.toMatchObject({ code: "INVALID_VOLUME_NAME" });
    const disc = new MemoryDisc();
    await burnTree(dicom, disc, fileSet.tree, appendSpace(0), fileSet.contents);
    expect(Buffer.from(await disc.read(16, 1)).toString("latin1", 40, 72)).toBe("EXAM_4711".padEnd(32));
    expect((await disc.read(17, 1))[0]).toBe(255);
  });
});

strangerTest("isoinfo shows a DICOM CD's identifiers as they were given", ["isoinfo"], async ({ folder, run }) => {
  const disc = new MemoryDisc();
  await burnTree(dicom, disc, fileSet.tree, appendSpace(0), fileSet.contents);
  writeFileSync(join(folder, "image.iso"), disc.toImage());
  expect(run("isoinfo", "-f", "-i", "image.iso").trim().split("\n").toSorted()).toEqual([
    "/DICOMDIR.;1",
    "/IMAGES",
    "/IMAGES/IM000001.;1",
    "/IMAGES/IM000002.;1",
    "/README.TXT;1",
  ]);
  expect(run("isoinfo", "-d", "-i", "image.iso")).toMatch(/Volume id: EXAM_4711/);
});
