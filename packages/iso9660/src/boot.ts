import {
  BLOCK_BYTES,
  type Blocks,
  blocksOf,
  type Content,
  type DirectoryNode,
  type Extent,
  type Lba,
  MultisessionError,
  type RecordedExtent,
  type TreeNode,
} from "@multisession/core";
import { BOOT_INFO_END, type BootEntry, type BootOptions, type BootPlatform, floppyType } from "./boot-options.ts";

/** Bytes of an entry of the catalog (El Torito 2.0). */
const ENTRY_BYTES = 32;

/** The catalog lies in one block, in front of the images that have no name. */
const CATALOG_BLOCKS: Blocks = 1;

/** Sectors of the BIOS, which images are counted in. */
const SECTOR_BYTES = 512;

/** What the BIOS loads of an image without emulation: 2048 bytes, as all programs do. */
const BIOS_LOAD_SECTORS = 4;

/** Platform ids (El Torito 2.1; UEFI 2.10 13.3.2.1). */
const platformId: Readonly<Record<BootPlatform, number>> = { bios: 0, uefi: 0xef };

/** First bytes of entries (El Torito 2.1 to 2.4). */
const header = { validation: 0x01, bootable: 0x88, notBootable: 0x00, section: 0x90, lastSection: 0x91 } as const;

/** An entry whose image is known: a file's content, or bytes at a place of their own, counted from the catalog. */
interface PlannedEntry {
  readonly entry: BootEntry;
  readonly bytes: number;
  readonly image: { readonly content: Content } | { readonly hidden: Uint8Array; readonly at: Blocks };
}

/** Catalog and images without a name, laid out: all sizes are final, no address is known. */
export interface PlannedBoot {
  readonly entries: readonly PlannedEntry[];
  readonly id: string;
  readonly blocks: Blocks;
}

/** Lays a boot catalog out. @throws `iso9660/NOT_BOOTABLE` with the path of a file that cannot be started. */
export function planBoot({ entries, id = "" }: BootOptions, root: DirectoryNode): PlannedBoot {
  let blocks = CATALOG_BLOCKS;
  const planned = entries.map((entry): PlannedEntry => {
    const { image } = entry;
    if (typeof image === "string") {
      const content = imageAt(root, image, entry);
      return { entry, bytes: content.bytes, image: { content } };
    }
    const at = blocks;
    blocks += blocksOf(image.length);
    return { entry, bytes: image.length, image: { hidden: image, at } };
  });
  return { entries: planned, id, blocks };
}

function imageAt(root: DirectoryNode, path: string, { emulation }: BootEntry): Content {
  let node: TreeNode | undefined = root;
  for (const name of path.slice(1).split("/"))
    node = node?.kind === "directory" ? node.children.find((child) => child.name === name) : undefined;
  if (node?.kind !== "file") return refuse(path, "is no file of the disc");
  const { content } = node;
  if (content.bytes === 0) return refuse(path, "is empty");
  if (content.kind === "recorded" && content.encoding !== undefined)
    return refuse(path, "is compressed on the disc, which firmware does not know");
  if (content.kind === "recorded" && content.extents.length !== 1)
    return refuse(path, "lies on the disc in pieces, which firmware cannot join");
  if (emulation === "floppy" && !floppyType.has(content.bytes))
    return refuse(path, `has ${content.bytes} bytes, which no floppy has`);
  return content;
}

function refuse(path: string, why: string): never {
  throw new MultisessionError("iso9660/NOT_BOOTABLE", `The boot image "${path}" ${why}.`, {
    subject: path,
    advice: "Add the file, or change the option `boot`.",
    retry: "after-change",
  });
}

/** Catalog and images from `at` on, for a volume whose primary descriptor lies at `primaryAt`. */
export function bootExtents(
  { entries, id, blocks }: PlannedBoot,
  at: Lba,
  primaryAt: Lba,
  extentsOf: (content: Content) => readonly RecordedExtent[],
): Extent[] {
  const hidden = entries.flatMap(({ entry, image }): Extent[] => {
    if (!("hidden" in image)) return [];
    const imageAt = at + image.at;
    const produce = (): Uint8Array[] => [
      inBlocks(entry.bootInfoTable === true ? withBootInfo(image.hidden, primaryAt, imageAt) : image.hidden),
    ];
    return [
      { at: imageAt, blocks: blocksOf(image.hidden.length), source: { from: "bytes", produce }, label: "boot image" },
    ];
  });
  const placed = entries.map(({ image, ...planned }) => ({
    ...planned,
    at: "hidden" in image ? at + image.at : (extentsOf(image.content)[0] as RecordedExtent).at,
  }));
  const catalog = encodeCatalog(placed, id);
  const extents: Extent[] = [
    { at, blocks: CATALOG_BLOCKS, source: { from: "bytes", produce: () => [catalog] }, label: "boot catalog" },
    ...hidden,
  ];
  if (extents.reduce((sum, extent) => sum + extent.blocks, 0) !== blocks)
    throw new TypeError("A boot catalog was laid out with other images than it was placed with");
  return extents;
}

/** An entry whose image has its place. */
type PlacedEntry = Pick<PlannedEntry, "entry" | "bytes"> & { readonly at: Lba };

/**
 * The catalog (El Torito 2): validation and default entry for the first image, then a section for each run of entries
 * for one platform.
 */
function encodeCatalog(entries: readonly PlacedEntry[], id: string): Uint8Array {
  const catalog = Buffer.alloc(BLOCK_BYTES);
  const [first, ...others] = entries as readonly [PlacedEntry, ...PlacedEntry[]];
  putValidation(catalog, platformOf(first), id);
  putEntry(catalog, ENTRY_BYTES, first);
  let at = 2 * ENTRY_BYTES;
  for (let begin = 0; begin < others.length; ) {
    const platform = platformOf(others[begin] as PlacedEntry);
    const isOther = (entry: PlacedEntry, index: number): boolean => index > begin && platformOf(entry) !== platform;
    const found = others.findIndex(isOther);
    const end = found < 0 ? others.length : found;
    catalog[at] = end < others.length ? header.section : header.lastSection;
    catalog[at + 1] = platformId[platform];
    catalog.writeUInt16LE(end - begin, at + 2);
    at += ENTRY_BYTES;
    for (const entry of others.slice(begin, end)) {
      putEntry(catalog, at, entry);
      at += ENTRY_BYTES;
    }
    begin = end;
  }
  return catalog;
}

function platformOf({ entry: { platform = "bios" } }: PlacedEntry): BootPlatform {
  return platform;
}

/** The validation entry: its 16-bit words add up to 0 (El Torito 2.1). */
function putValidation(catalog: Buffer, platform: BootPlatform, id: string): void {
  catalog[0] = header.validation;
  catalog[1] = platformId[platform];
  catalog.write(id, 4, "latin1");
  catalog[30] = 0x55;
  catalog[31] = 0xaa;
  let sum = 0;
  for (let at = 0; at < ENTRY_BYTES; at += 2) sum += catalog.readUInt16LE(at);
  catalog.writeUInt16LE(-sum & 0xffff, 28);
}

/** An initial or section entry (El Torito 2.2, 2.4). */
function putEntry(catalog: Buffer, at: number, { entry, bytes, at: image }: PlacedEntry): void {
  const { isBootable = true, emulation = "none", loadSegment = 0 } = entry;
  catalog[at] = isBootable ? header.bootable : header.notBootable;
  catalog[at + 1] = emulation === "floppy" ? (floppyType.get(bytes) ?? 0) : 0;
  catalog.writeUInt16LE(loadSegment, at + 2);
  catalog.writeUInt16LE(entry.loadSectors ?? loadSectorsOf(entry, bytes), at + 6);
  catalog.writeUInt32LE(image, at + 8);
}

function loadSectorsOf({ platform, emulation }: BootEntry, bytes: number): number {
  const sectors = Math.ceil(bytes / SECTOR_BYTES);
  if (platform === "uefi") return sectors <= 0xffff ? sectors : 0;
  return emulation === "floppy" ? 1 : Math.min(sectors, BIOS_LOAD_SECTORS);
}

/**
 * The boot info table of mkisofs, which ISOLINUX and GRUB read: address of the primary descriptor, of the image, its
 * length, and the sum of its 32-bit words behind the table.
 */
function withBootInfo(image: Uint8Array, primaryAt: Lba, imageAt: Lba): Uint8Array {
  const patched = Buffer.alloc(Math.ceil(image.length / 4) * 4);
  patched.set(image);
  let sum = 0;
  for (let at = BOOT_INFO_END; at < patched.length; at += 4) sum = (sum + patched.readUInt32LE(at)) >>> 0;
  patched.fill(0, 8, BOOT_INFO_END);
  for (const [index, value] of [primaryAt, imageAt, image.length, sum].entries())
    patched.writeUInt32LE(value, 8 + index * 4);
  return patched.subarray(0, image.length);
}

function inBlocks(image: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(blocksOf(image.length) * BLOCK_BYTES);
  bytes.set(image);
  return bytes;
}
