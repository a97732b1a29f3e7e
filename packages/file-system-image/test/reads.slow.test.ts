import { burn, type DirectoryNode, type FileNode, planSession } from "@multisession/core";
import { createVirtualRecorder, type VirtualMediumId } from "@multisession/driver-virtual";
import { Iso9660, type Iso9660Options, iso9660 } from "@multisession/iso9660";
import { openMmcRecorder } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc } from "../src/index.ts";
import { pluginsOf } from "./discs.ts";
import { type Watched, watched } from "./watched-recorder.ts";

const rockRidgeOnly: Iso9660Options = { joliet: false };

/** Files of a folder, and folders of the folder above them. */
const PER_FOLDER = 100;

const attributes = { mode: 0o644, uid: 0, gid: 0, modified: Date.UTC(2026, 0, 1) };
const folder = (name: string, children: DirectoryNode["children"]): DirectoryNode => ({
  kind: "directory",
  name,
  attributes: { ...attributes, mode: 0o755 },
  children,
});

/** Files of so many bytes in folders of 100, and these in folders of 100. */
function documents(files: number, bytes: number): DirectoryNode {
  const file = (number: number): FileNode => ({
    kind: "file",
    name: `document_${String(number).padStart(6, "0")}.txt`,
    attributes,
    content: { kind: "new", bytes, id: number },
  });
  const leaf = (number: number): DirectoryNode =>
    folder(
      `dir_${String(number).padStart(4, "0")}`,
      Array.from({ length: PER_FOLDER }, (_, index) => file(number * PER_FOLDER + index)),
    );
  const parts = files / PER_FOLDER ** 2;
  return folder(
    "",
    Array.from({ length: parts }, (_, part) =>
      folder(
        `part_${part}`,
        Array.from({ length: PER_FOLDER }, (_, index) => leaf(part * PER_FOLDER + index)),
      ),
    ),
  );
}

/** A recorder with a disc that has so many files, and what is read of it from then on. */
async function discWith(files: number, kind: VirtualMediumId, bytes: number): Promise<Watched> {
  const virtual = createVirtualRecorder({ medium: kind, capacity: 200_000 });
  const plugins = pluginsOf(iso9660(rockRidgeOnly));
  const first = await openMmcRecorder(virtual.transport(), { uri: "virtual:test" });
  const { mechanism, medium, history } = await openDisc(first, plugins);
  const planned = await planSession({
    mechanism,
    fileSystems: [new Iso9660(rockRidgeOnly)],
    medium,
    history,
    intent: { kind: "first", close: "session", consent: [] },
    image: {
      tree: { volumeName: "Documents", root: documents(files, bytes) },
      contents: Array.from({ length: files }, () => ({ bytes, label: "document" })),
    },
    reader: first,
  });
  if (planned.kind === "refused") throw new Error(planned.reason);
  const content = Buffer.alloc(bytes, "text");
  const contents = { check: async () => undefined, open: () => [content] };
  await burn({ planned, recorder: first, mechanism, probes: [new Iso9660().probe], contents });
  return watched(await openMmcRecorder(virtual.transport(), { uri: "virtual:test" }));
}

/** Blocks of one path table of 1,011 folders with such names. */
const PATH_TABLE = 8;

describe("a disc with 100,000 files", () => {
  // For the plan: the head, the root, the trailer, once more for its manifest and for contents that are there already, one path table. For the burn: the disc before it, and the disc after it.
  it.each([
    ["bd-r", 6, 12],
    // The unit of the head is read each time, and what is kept in it once more; the first block may have a partition table.
    ["dvd+rw", 23, 58],
  ] as const)(
    "takes another one on %s with %d blocks read for the plan beside a path table, and %d for the burn",
    async (medium, forPlan, forBurn) => {
      const { recorder, blocks: read } = await discWith(100_000, medium, 300);
      const image = await FileSystemImage.open(recorder, pluginsOf(iso9660(rockRidgeOnly)));
      await image.addBytes("/new.txt", Buffer.alloc(19));
      const plan = await image.plan({ tree: "delta" });
      expect(plan.plan.tree).toBe("delta");
      expect(plan.summary.unchanged.unreadFolders).toBe(10);
      const planned = read.length;
      await image.burn(plan, { verify: false });
      expect([planned - PATH_TABLE, read.length - planned]).toEqual([forPlan, forBurn]);
    },
    120_000,
  );
});

describe("the root of a disc", () => {
  it.each([
    [10_000, "bd-r", 3, 1],
    [1_000_000, "bd-r", 3, 6],
    // The unit of the head is read as a whole.
    [1_000_000, "dvd+rw", 19, 6],
  ] as const)(
    "with %d files on %s is listed with %d blocks read and its own",
    async (files, medium, blocks, root) => {
      // Empty, because only what leads to them is looked at.
      const { recorder, blocks: read } = await discWith(files, medium, 0);
      const image = await FileSystemImage.open(recorder, pluginsOf(iso9660(rockRidgeOnly)));
      expect(await image.list("/")).toHaveLength(files / PER_FOLDER ** 2);
      expect(read.length).toBe(blocks + root);
    },
    240_000,
  );
});
