import { open } from "node:fs/promises";
import { BLOCK_BYTES, type Lba } from "@multisession/core";
import { run } from "./program.ts";

/** Descriptors that a volume descriptor set may have here before it is taken for garbage. */
const MOST_DESCRIPTORS = 64;

type Image = Awaited<ReturnType<typeof open>>;

/**
 * Makes a copy of an image that shows one of its sessions to readers that know no sessions. For tests only: on the
 * copy, the descriptors at block 16 are those of the session, and their volume space size is absolute.
 *
 * All addresses in ISO 9660 are addresses of the disc, so nothing else has to move. The size becomes absolute because
 * libarchive shows an empty tree where the root lies at or beyond it, and writers store the session's own size (measured
 * on xorriso 1.5.4 and genisoimage 1.1.11).
 */
export async function flattenSession(image: string, start: Lba, out: string): Promise<void> {
  await run("cp", ["--sparse=always", image, out]);
  const copy = await open(out, "r+");
  try {
    const blocks = Math.floor((await copy.stat()).size / BLOCK_BYTES);
    const descriptors = await readDescriptors(copy, start);
    await refuseToOverwrite(copy, descriptors.length);
    for (const [index, descriptor] of descriptors.entries()) {
      makeSizeAbsolute(descriptor, start, blocks);
      await copy.write(descriptor, 0, BLOCK_BYTES, (16 + index) * BLOCK_BYTES);
    }
  } finally {
    await copy.close();
  }
}

async function readDescriptors(image: Image, start: Lba): Promise<Buffer[]> {
  const descriptors: Buffer[] = [];
  while (descriptors.length < MOST_DESCRIPTORS) {
    const at = start + 16 + descriptors.length;
    const block = await readBlock(image, at);
    if (block.toString("latin1", 1, 6) !== "CD001") break;
    descriptors.push(block);
    if (block[0] === 255) return descriptors;
  }
  throw new Error(`No whole set of volume descriptors at block ${start + 16}.`);
}

/** A longer set than the one at block 16 would destroy what lies behind that one. */
async function refuseToOverwrite(image: Image, length: number): Promise<void> {
  const first = await readDescriptors(image, 0).catch(() => []);
  for (let at = 16 + first.length; at < 16 + length; at++) {
    if ((await readBlock(image, at)).some((byte) => byte !== 0)) {
      throw new Error(`The session's ${length} descriptors do not fit at block 16: block ${at} is in use.`);
    }
  }
}

function makeSizeAbsolute(descriptor: Buffer, start: Lba, blocks: number): void {
  if (descriptor[0] !== 1 && descriptor[0] !== 2) return;
  const size = Math.min(blocks, start + descriptor.readUInt32LE(80));
  descriptor.writeUInt32LE(size, 80);
  descriptor.writeUInt32BE(size, 84);
}

async function readBlock(image: Image, at: Lba): Promise<Buffer> {
  const block = Buffer.alloc(BLOCK_BYTES);
  await image.read(block, 0, BLOCK_BYTES, at * BLOCK_BYTES);
  return block;
}
