import { createHash } from "node:crypto";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOCK_BYTES, createPlugins, type DiscRecorder, type Lba } from "@multisession/core";
import { createVirtualRecorder, type VirtualMediumId, virtual } from "@multisession/driver-virtual";
import { extract, FileSystemImage, openDisc } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { openMmcRecorder } from "@multisession/mmc";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareTrees, describeDifferences, expectedEntries } from "../src/index.ts";
import { removeTree } from "../src/scratch.ts";
import { everything, imported } from "./imported.ts";
import {
  type GenisoimageOptions,
  genisoimageDisc,
  type StrangerDisc,
  xorrisoBackup,
  xorrisoCompressed,
  xorrisoDisc,
} from "./stranger-discs.ts";

const plugins = createPlugins(iso9660(), sequential(), randomWrite());

/** A disc that others wrote, in a recorder. */
interface RecordedDisc extends StrangerDisc {
  readonly recorder: DiscRecorder;
}

const CAPACITY = 65_536;

function blank(medium: VirtualMediumId): Promise<DiscRecorder> {
  const virtual = createVirtualRecorder({ medium, capacity: CAPACITY });
  return openMmcRecorder(virtual.transport(), { uri: "virtual:test" });
}

/** Puts the blocks of an image from one on into the recorder. */
async function put(recorder: DiscRecorder, image: string, from: Lba): Promise<void> {
  const bytes = await readFile(image);
  for (let at = from * BLOCK_BYTES; at < bytes.length; at += 32 * BLOCK_BYTES) {
    const piece = bytes.subarray(at, at + 32 * BLOCK_BYTES);
    await recorder.write(at / BLOCK_BYTES, piece);
  }
  await recorder.flush();
}

/** An image that was made for an overwritable medium, on a DVD-RAM: formatted, and written anywhere. */
async function overwritten(image: StrangerDisc): Promise<RecordedDisc> {
  const recorder = await blank("dvd-ram");
  await put(recorder, image.image, 0);
  return { ...image, recorder };
}

/** Two sessions on a CD-R: the second starts where the recorder says. */
async function onCd(folder: string, options: GenisoimageOptions): Promise<RecordedDisc> {
  const recorder = await blank("cd-r");
  const nextSession = async (first: string): Promise<Lba> => {
    await put(recorder, first, 0);
    await recorder.closeSpace("session");
    const { tracks } = await recorder.medium({ refresh: true });
    return tracks.at(-1)?.next ?? 0;
  };
  const disc = await genisoimageDisc(folder, { ...options, nextSession });
  await put(recorder, disc.image, disc.sessions[1]?.start ?? 0);
  await recorder.closeSpace("session");
  return { ...disc, recorder };
}

describe.each([
  {
    maker: "xorriso",
    how: "an emulated table of contents",
    numbers: [1, 2, 3],
    make: async (folder: string) => overwritten(await xorrisoDisc(folder)),
  },
  {
    maker: "xorriso",
    how: "all that backups need",
    numbers: [1, 2, 3],
    make: async (folder: string) => overwritten(await xorrisoBackup(folder)),
  },
  {
    maker: "xorriso",
    how: "zisofs",
    numbers: [1, 2, 3],
    make: async (folder: string) => overwritten(await xorrisoCompressed(1)(folder)),
    isEncoded: true,
  },
  {
    maker: "xorriso",
    how: "zisofs version 2",
    numbers: [1, 2, 3],
    make: async (folder: string) => overwritten(await xorrisoCompressed(2)(folder)),
    isEncoded: true,
  },
  { maker: "genisoimage", how: "the gap of a CD", numbers: [1, 2], make: (folder: string) => onCd(folder, {}) },
  {
    maker: "genisoimage",
    how: "folders moved aside",
    numbers: [1, 2],
    make: (folder: string) => onCd(folder, { deepFolders: "relocated" }),
  },
])("a disc by $maker with $how", ({ maker, numbers, make, isEncoded = false }) => {
  describeWith([maker], "imported by us", () => {
    let folder: string;
    let disc: RecordedDisc;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "acceptance-"));
      disc = await make(folder);
    });
    afterAll(async () => {
      await disc?.recorder.close();
      await removeTree(folder);
    });

    it.each(numbers)("has the whole tree of session %i, with every byte", async (number) => {
      const session = disc.sessions[number - 1];
      if (!session) throw new TypeError(`The disc has no session ${number}.`);
      const { entries, findings, encoded } = await imported(disc.recorder, plugins, session.start);
      const comparison = compareTrees(expectedEntries(session.tree), entries, everything);
      expect(comparison.differences, describeDifferences(comparison)).toEqual([]);
      expect(findings).toEqual([]);
      if (isEncoded) expect(encoded).toBeGreaterThan(10);
      else expect(encoded).toBe(0);
    });

    it("is an image whose files are read as they were", async () => {
      const newest = disc.sessions.at(-1);
      if (!newest) throw new TypeError("The disc has a session.");
      const image = await FileSystemImage.open(disc.recorder, plugins, { session: numbers.length });
      for (const node of newest.tree.values()) {
        if (node.kind !== "file") continue;
        const hash = createHash("sha256");
        for await (const piece of image.readFile(node.path)) hash.update(piece);
        expect(hash.digest("hex"), node.path).toBe(createHash("sha256").update(node.content).digest("hex"));
        expect((await image.stat(node.path)).bytes).toBe(node.content.length);
      }
    });
  });
});

describeWith(["genisoimage"], "an image by genisoimage that was cut in the middle of its contents", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "acceptance-"));
  });
  afterAll(() => removeTree(folder));

  it("has its whole tree, says which files are gone, and has every byte of the others", async () => {
    const [first] = (await genisoimageDisc(folder)).sessions;
    const whole = await readFile(join(folder, "base.iso"));
    // At the end of a unit: a recorder would show the rest of one as zeros.
    const blocks = Math.floor(((whole.length / BLOCK_BYTES) * 0.8) / 32) * 32;
    const cut = join(folder, "cut.iso");
    await writeFile(cut, whole.subarray(0, blocks * BLOCK_BYTES));
    const recorder = await createPlugins(virtual()).open(`virtual:${cut}`);
    const disc = await openDisc(recorder, plugins);
    const volume = await disc.volume();
    const gone: string[] = [];
    let kept = 0;
    let items = 1;
    for await (const { path, entry, bytes } of extract(recorder, volume)) {
      items += 1;
      const node = first?.tree.get(path);
      if (entry.kind !== "file" || node?.kind !== "file") continue;
      expect(entry.bytes).toBe(node.content.length);
      try {
        const pieces: Uint8Array[] = [];
        for await (const piece of bytes()) pieces.push(piece);
        expect(Buffer.concat(pieces).equals(node.content), path).toBe(true);
        kept += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: "READ_FAILED" });
        gone.push(entry.name);
      }
    }
    expect(items).toBe(first?.tree.size);
    expect(kept).toBeGreaterThan(10);
    expect(gone.length).toBeGreaterThan(10);
    const told = volume.findings.flatMap(({ what }) => /^The content of "(.*)" ends at block/.exec(what)?.[1] ?? []);
    expect(told.toSorted()).toEqual(gone.toSorted());
    await recorder.close();
  });
});
