import { createHash } from "node:crypto";
import { BLOCK_BYTES, type Blocks, blocksOf, type ExtendedAttribute, type Lba } from "@multisession/core";

/** Bytes of an MD5 sum. */
export const SUM_BYTES = 16;

/** Sums in a block. */
export const SUMS_PER_BLOCK: number = BLOCK_BYTES / SUM_BYTES;

/** Sums of a list that are of no file: the first, of the session, and the last, of the list itself. */
export const OTHER_SUMS = 2;

/** Where a session has its list of sums, as the attribute `isofs.ca` of the root says it (libisofs, "checksums.txt"). */
export interface ListPlace {
  /** First block of the session: the first sum is that of all blocks from here to the list. */
  readonly from: Lba;
  /** First block of the list. */
  readonly at: Lba;
  /** Sums in it, the first and the last included. */
  readonly count: number;
}

/** Blocks of a list. */
export function listBlocks(count: number): Blocks {
  return blocksOf(count * SUM_BYTES);
}

/** Closes a list: its last sum is that of all before it. */
export function closeList(list: Buffer, count: number): void {
  const end = (count - 1) * SUM_BYTES;
  list.set(createHash("md5").update(list.subarray(0, end)).digest(), end);
}

/** Whether a list is what it was when it was closed. */
export function isWhole(list: Uint8Array, count: number): boolean {
  const end = (count - 1) * SUM_BYTES;
  return createHash("md5")
    .update(list.subarray(0, end))
    .digest()
    .equals(list.subarray(end, end + SUM_BYTES));
}

const LIST = "isofs.ca";
const INDEX = "isofs.cx";
const TYPE = "MD5";

/** The attribute by which the root names the list: numbers with their lengths, the most significant byte first, and the kind of sum. */
export function listAttribute({ from, at, count }: ListPlace): ExtendedAttribute {
  const value = Buffer.alloc(17 + TYPE.length);
  for (const [index, number] of [from, at, count].entries()) {
    value[5 * index] = 4;
    value.writeUInt32BE(number, 5 * index + 1);
  }
  value.set([1, SUM_BYTES], 15);
  value.write(TYPE, 17, "latin1");
  return { name: LIST, value };
}

/** The attribute by which a file names its sum. */
export function indexAttribute(index: number): ExtendedAttribute {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(index);
  return { name: INDEX, value };
}

/** The list that attributes of a root name; nothing where they name none, or one of another kind. */
export function listIn(attributes: readonly ExtendedAttribute[]): ListPlace | undefined {
  const value = attributes.find(({ name }) => name === LIST)?.value;
  if (value === undefined) return undefined;
  const numbers: number[] = [];
  let at = 0;
  for (; numbers.length < 4 && at < value.length; at += 1 + (value[at] as number))
    numbers.push(bigEndian(value.subarray(at + 1, at + 1 + (value[at] as number))));
  const [from, list, count, size] = numbers;
  const isKnown = Buffer.from(value.subarray(at)).toString("latin1") === TYPE && size === SUM_BYTES;
  if (!isKnown || from === undefined || list === undefined || count === undefined || count < OTHER_SUMS)
    return undefined;
  return { from, at: list, count };
}

/** The index that attributes of a file name; nothing where they name none. */
export function indexIn(attributes: readonly ExtendedAttribute[]): number | undefined {
  const value = attributes.find(({ name }) => name === INDEX)?.value;
  const index = value === undefined || value.length > 4 ? 0 : bigEndian(value);
  return index === 0 ? undefined : index;
}

function bigEndian(bytes: Uint8Array): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}
