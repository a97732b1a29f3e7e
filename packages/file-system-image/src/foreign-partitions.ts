import {
  type BlockReader,
  type Blocks,
  type CallOptions,
  type Lba,
  MultisessionError,
  tryRead,
} from "@multisession/core";

/** Blocks in front of a volume's descriptors: what is in them is anybody's (ECMA-119 6.2.1). */
const SYSTEM_AREA: Blocks = 16;

/** Sectors of a block: partition tables count in 512 bytes. */
const SECTORS = 4;

/** Blocks from the first to behind the last. */
interface Span {
  readonly start: Lba;
  readonly end: Lba;
}

/**
 * Refuses a session that would be written over a partition behind the volume that it builds on, as xorriso appends one:
 * a volume that grows in place knows nothing of it. One that begins inside the volume is the volume's own.
 *
 * @throws `FOREIGN_CONTENT`.
 */
export async function checkPartitions(
  reader: BlockReader,
  { volumeEnd, session, subject }: { readonly volumeEnd: Lba; readonly session: Span; readonly subject: string },
  options?: CallOptions,
): Promise<void> {
  const first = await tryRead(reader, 0, 1, options);
  if (first === undefined || !hasTable(Buffer.from(first))) return;
  const area = await tryRead(reader, 0, SYSTEM_AREA, options);
  if (area === undefined) return;
  const lost = partitionsIn(Buffer.from(area)).find(
    ({ start, end }) => start >= volumeEnd && start < session.end && end > session.start,
  );
  if (lost === undefined) return;
  throw new MultisessionError(
    "FOREIGN_CONTENT",
    `The disc's partition table has a partition behind the volume, blocks ${lost.start} to ${lost.end - 1}, and the session would be written over it. Nothing was written.`,
    { subject, advice: "Use another disc, or take the partition out of the table." },
  );
}

/** Whether a disc begins with an MBR; one is in front of a GPT too (UEFI 2.10 5.2.1, 5.2.3). */
function hasTable(block: Buffer): boolean {
  return block.readUInt16LE(510) === 0xaa55;
}

/** The partitions of a GPT, else those of an MBR (UEFI 2.10 5.2.1, 5.3). */
function partitionsIn(area: Buffer): readonly Span[] {
  const isGpt = area.toString("latin1", 512, 520) === "EFI PART";
  return isGpt ? gptPartitions(area) : mbrPartitions(area);
}

function mbrPartitions(area: Buffer): readonly Span[] {
  return [446, 462, 478, 494].flatMap((at) => {
    const [type, first, sectors] = [area.readUInt8(at + 4), area.readUInt32LE(at + 8), area.readUInt32LE(at + 12)];
    return type === 0 || sectors === 0 ? [] : [spanOf(first, first + sectors)];
  });
}

function gptPartitions(area: Buffer): readonly Span[] {
  const [first, count, bytes] = [area.readBigUInt64LE(584), area.readUInt32LE(592), area.readUInt32LE(596)];
  const spans: Span[] = [];
  // The table can lie elsewhere, and be longer than the area: what of it is here is enough for those that are written.
  let at = Number(first) * 512;
  for (let index = 0; index < count && bytes >= 128 && at + 128 <= area.length; index += 1, at += bytes) {
    const isUsed = area.subarray(at, at + 16).some((byte) => byte !== 0);
    const [begin, last] = [area.readBigUInt64LE(at + 32), area.readBigUInt64LE(at + 40)];
    if (isUsed && last >= begin) spans.push(spanOf(Number(begin), Number(last) + 1));
  }
  return spans;
}

function spanOf(first: number, end: number): Span {
  return { start: Math.floor(first / SECTORS), end: Math.ceil(end / SECTORS) };
}
