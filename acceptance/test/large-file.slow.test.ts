import { createHash } from "node:crypto";
import { mkdir, mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins } from "@multisession/core";
import { createDisc, virtual } from "@multisession/driver-virtual";
import { FileSystemImage } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linux } from "../src/index.ts";
import { digestOutput, run } from "../src/program.ts";
import { removeTree } from "../src/scratch.ts";

const BYTES = 5 * 2 ** 30;
const PIECE = 2 ** 20;
const PATIENCE = { milliseconds: 300_000 };

/** Where the sparse file holds something: both sides of 2 GiB, of 4 GiB, of the end of the first section, and its ends. */
const marks = [0, 2 ** 31 - 4, 2 ** 32 - 2048 - 4, 2 ** 32 - 4, BYTES - 8];

describe("a file of 5 GiB, in two sections", () => {
  let folder: string;
  let image: string;
  let sha256: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "large-file-"));
    image = join(folder, "large.disc");
    await mkdir(join(folder, "source"));
    sha256 = await makeSparseFile(join(folder, "source", "large.bin"));
    await createDisc(image, { medium: "bd-r" });
    const plugins = createPlugins(virtual(), iso9660(), sequential(), randomWrite(), bdrPow());
    const recorder = await plugins.open(image);
    const edited = await FileSystemImage.open(recorder, plugins, { volumeName: "LARGE" });
    await edited.add(join(folder, "source"));
    const report = await edited.burn(await edited.plan());
    expect(report).toMatchObject({ outcome: "done", verification: { report: { outcome: "good" } } });
    await recorder.close();
  }, 600_000);
  afterAll(() => removeTree(folder));

  describeWith(["bsdtar"], "bsdtar", () => {
    it(
      "reads every byte",
      async () =>
        expect(await digestOutput("bsdtar", ["-xOf", image, "large.bin"], PATIENCE)).toEqual({ bytes: BYTES, sha256 }),
      300_000,
    );
  });

  describeWith(["7z"], "7-Zip", () => {
    it(
      "reads every byte",
      async () =>
        expect(await digestOutput("7z", ["e", "-so", "-tIso", image, "large.bin"], PATIENCE)).toEqual({
          bytes: BYTES,
          sha256,
        }),
      300_000,
    );
  });

  describeWith(["xorriso"], "xorriso", () => {
    it("sees one file of this size", async () => {
      const { stdout } = await run(
        "xorriso",
        ["-indev", `stdio:${image}`, "-find", "/large.bin", "-exec", "lsdl", "--"],
        PATIENCE,
      );
      expect(stdout.toString()).toMatch(new RegExp(` ${BYTES} .*large\\.bin`));
    }, 300_000);
  });
});

// A kernel in software emulation takes minutes for 5 GiB, so it is shown many small sections instead of two large ones.
describeWith(linux().programs, "a file in 40 sections, before Linux", () => {
  it("is read whole", async () => {
    const folder = await mkdtemp(join(tmpdir(), "many-sections-"));
    try {
      const bytes = Buffer.from(Array.from({ length: 40 * 4096 - 100 }, (_, index) => index % 251));
      const image = join(folder, "sections.disc");
      await createDisc(image, { medium: "bd-r", capacity: 4096 });
      const plugins = createPlugins(virtual(), iso9660({ sectionBytes: 4096 }), sequential());
      const recorder = await plugins.open(image);
      const edited = await FileSystemImage.open(recorder, plugins, { volumeName: "SECTIONS" });
      await edited.addBytes("/sections.bin", bytes);
      await edited.burn(await edited.plan());
      await recorder.close();
      const entries = await linux().readSession(image, { start: 0 });
      expect(entries.find(({ path }) => path === "/sections.bin")).toMatchObject({
        bytes: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      });
    } finally {
      await removeTree(folder);
    }
  }, 120_000);
});

async function makeSparseFile(path: string): Promise<string> {
  const file = await open(path, "w+");
  await file.truncate(BYTES);
  for (const mark of marks) await file.write(Buffer.from("mark"), 0, 4, mark);
  const hash = createHash("sha256");
  const piece = Buffer.alloc(PIECE);
  for (let at = 0; at < BYTES; at += PIECE) {
    await file.read(piece, 0, PIECE, at);
    hash.update(piece);
  }
  await file.close();
  return hash.digest("hex");
}
