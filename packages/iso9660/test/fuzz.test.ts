import * as core from "@multisession/core";
import { expect, it } from "vitest";
import { damage, fuzz, makeCorpus, randomFrom, readDamaged } from "../fuzz/fuzz.mjs";
import * as iso9660 from "../src/index.ts";

const packages = { core, iso9660 };

it("600 damaged discs do not break the reader", async () => {
  expect(await fuzz(packages, { seed: 1, isOver: (done) => done >= 600 })).toBe(600);
});

it("whole discs of the corpus are read, and damaged ones are others, the same for a seed", async () => {
  const corpus = await makeCorpus(packages);
  for (const image of corpus) {
    await readDamaged(packages, image);
    const [once, again] = [damage(image, 2048, randomFrom(5)), damage(image, 2048, randomFrom(5))];
    expect(once.equals(again)).toBe(true);
    expect(once.equals(image)).toBe(false);
  }
});

it("the corpus has an enhanced volume, a boot catalog, moved folders, compressed and sparse files, attributes of AAIP, devices and MD5 sums", async () => {
  const texts = (await makeCorpus(packages)).map((image) => image.toString("latin1"));
  const signs = [
    "\x02CD001\x02",
    "EL TORITO SPECIFICATION",
    "CL\x0c\x01",
    "RE\x04\x01",
    "ZF\x10\x01",
    "SF\x15\x01",
    "PN\x14\x01",
    // Of an entry AL, which stores "user." as one byte.
    "comment",
    // Of the root's attribute that names the list of sums.
    "\x04ca",
  ];
  for (const sign of signs)
    expect(
      texts.some((text) => text.includes(sign)),
      sign,
    ).toBe(true);
});

it("a reader that asks for what no disc has is found out", async () => {
  class Careless extends iso9660.Iso9660 {
    override async open(reader: core.BlockReader, state: core.StateRef): Promise<core.RecordedVolume> {
      await reader.read(-1, 1).catch(() => undefined);
      return super.open(reader, state);
    }
  }
  const careless = { core, iso9660: { ...iso9660, Iso9660: Careless } };
  await expect(fuzz(careless, { seed: 1, isOver: (done) => done >= 20 })).rejects.toThrow(/seed \d+ .* at -1/);
});

it("a reader that asks the drive for what lies outside of its disc is found out", async () => {
  class Unbounded extends core.MediumReader {
    constructor(reader: core.BlockReader, medium: core.Medium) {
      super(reader, { ...medium, capacity: 2 ** 32 });
    }
  }
  const unbounded = { core: { ...core, MediumReader: Unbounded }, iso9660 };
  const outside = /seed \d+ .* outside of its disc/;
  await expect(fuzz(unbounded, { seed: 1, isOver: (done) => done >= 200 })).rejects.toThrow(outside);
});

it("a reader that takes too much memory for a volume is found out, also where it is no part of the heap", async () => {
  class Wasteful extends iso9660.Iso9660 {
    wasted: Buffer | undefined;

    override async open(reader: core.BlockReader, state: core.StateRef): Promise<core.RecordedVolume> {
      this.wasted = Buffer.alloc(700 * 2 ** 20);
      return super.open(reader, state);
    }
  }
  const wasteful = { core, iso9660: { ...iso9660, Iso9660: Wasteful } };
  const memory = /seed \d+ .* bytes of memory/;
  await expect(fuzz(wasteful, { seed: 1, isOver: (done) => done >= 20 })).rejects.toThrow(memory);
});
