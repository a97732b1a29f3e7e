import { createHash } from "node:crypto";
import { BLOCK_BYTES, type Lba } from "@multisession/core";

/** Kinds of tags: behind the descriptors, behind the directories, behind everything, and in a head that lies elsewhere. */
type TagKind = "superblock" | "tree" | "session" | "relocated";

/** What each kind calls itself (libisofs, "checksums.txt"; the last one measured of xorriso 1.5.4). */
const tagName: Readonly<Record<TagKind, string>> = {
  superblock: "libisofs_sb_checksum_tag_v1",
  tree: "libisofs_tree_checksum_tag_v1",
  session: "libisofs_checksum_tag_v1",
  relocated: "libisofs_rlsb32_checksum_tag_v1",
};

/** What a tag of each kind says beside its own place: where the next one is, or the session that the head belongs to. */
const pointerName: Readonly<Record<TagKind, string | undefined>> = {
  superblock: "next",
  tree: "next",
  session: undefined,
  relocated: "session_start",
};

/** What a tag says. */
export interface ChecksumTag {
  readonly kind: TagKind;
  /** Where it lies. */
  readonly at: Lba;
  /** First block that is in the sum, which goes up to the tag. */
  readonly from: Lba;
  /** See {@link pointerName}. */
  readonly pointer?: Lba;
}

/** The block of a tag: one line of text with the sum and a sum of itself, and zeros. Without a sum there is no tag. */
export function encodeTag({ kind, at, from, pointer }: ChecksumTag, md5: Uint8Array | undefined): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  if (md5 === undefined) return block;
  const name = pointerName[kind];
  const more = name === undefined ? "" : ` ${name}=${pointer}`;
  const line = `${tagName[kind]} pos=${at} range_start=${from} range_size=${at - from}${more} md5=${hex(md5)}`;
  block.write(`${line} self=${createHash("md5").update(line).digest("hex")}\n`, "latin1");
  return block;
}

const LINE =
  /^(\S+) pos=(\d+) range_start=(\d+) range_size=(\d+)(?: (?:next|session_start)=(\d+))? md5=([\da-f]{32}) self=([\da-f]{32})\n/;

/** Reads a tag that lies at a block; nothing where there is none that is whole and says that it lies there. */
export function decodeTag(block: Uint8Array, at: Lba): (ChecksumTag & { readonly md5: Uint8Array }) | undefined {
  const text = Buffer.from(block).toString("latin1");
  const [, name, pos, from, size, pointer, md5 = "", self] = LINE.exec(text) ?? [];
  const kind = (Object.keys(tagName) as TagKind[]).find((one) => tagName[one] === name);
  const line = text.slice(0, text.indexOf(" self="));
  if (kind === undefined || self !== createHash("md5").update(line, "latin1").digest("hex")) return undefined;
  const tag = { kind, at, from: Number(from), md5: Buffer.from(md5, "hex") };
  if (Number(pos) !== at || tag.from + Number(size) !== at) return undefined;
  return pointer === undefined ? tag : { ...tag, pointer: Number(pointer) };
}

/** Whether a block is a tag, whatever it says. */
export function isTag(block: Uint8Array): boolean {
  const text = Buffer.from(block.buffer, block.byteOffset, 32).toString("latin1");
  return Object.values(tagName).some((name) => text.startsWith(name));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
