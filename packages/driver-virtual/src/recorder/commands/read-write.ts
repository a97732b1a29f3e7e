import { BLOCK_BYTES, type Blocks, type Lba, type Sense } from "@multisession/core";
import {
  type Field,
  read10,
  read12,
  readCd,
  sectorTypes,
  seek10,
  synchronizeCache,
  type ValuesOf,
  verify10,
  write10,
  write12,
  writeAndVerify10,
  writeTypes,
} from "@multisession/mmc";
import { sense } from "../../media/medium-table.ts";
import type { RecordingRules } from "../../media/recording.ts";
import type { MediumState, TrackState } from "../../medium-state.ts";
import type { StateRecord } from "../../state-record.ts";
import { busySenses } from "../../timing/operation.ts";
import { type BufferedDisc, PowerLost } from "../../write-model/buffered-disc.ts";
import { sparesOf } from "../../write-model/spares.ts";
import { admit, writeModels } from "../../write-model/write-model.ts";
import { type CommandEntry, invalidField, onDisc, wrongListLength } from "../command-entry.ts";
import type { Drive } from "../drive.ts";
import { writeParametersOf } from "../mode-pages.ts";
import {
  beginTrack,
  currentSession,
  endOfDisc,
  endOfSession,
  isDiscAtOnce,
  partAt,
  type SessionAtOnce,
} from "../session-at-once.ts";

interface Range {
  readonly lba: Lba;
  readonly blocks: Blocks;
}

interface Transfer {
  readonly drive: Drive;
  readonly disc: BufferedDisc;
  readonly dataOut: Uint8Array;
}

/** The command that a transfer belongs to. */
interface TransferLayout {
  readonly fields: { readonly blocks: Field<number> };
}

/** Most blocks of one command: no host asks for more, and a larger reply would not fit into memory. */
const MAXIMUM_BLOCKS = 0x1_0000;

const outOfRange = (at: Lba): Sense => ({ ...sense(5, 0x21, 0x00), at });

function readBlocks({ drive, disc }: Transfer, { lba, blocks }: Range, layout: TransferLayout): Uint8Array | Sense {
  if (lba + blocks > disc.state.blocks) return outOfRange(lba);
  if (blocks > MAXIMUM_BLOCKS) return invalidField(layout, "blocks");
  // Between sessions that were formatted there is nothing to read. Unconfirmed.
  if (disc.state.isInPlace && !disc.state.isInOneTrack(lba, lba + blocks)) return outOfRange(lba);
  const data = drive.script.badBlock("read", lba, blocks) ?? disc.read(lba, blocks);
  drive.timing.read(blocks);
  return data;
}

/** READ CD asks for a type of sectors that these are not, or for a medium that has none (MMC). */
const wrongSectors = sense(5, 0x64, 0x00);
/** E/1D/00, what is on the medium is something else. */
const miscompare = sense(0xe, 0x1d, 0x00);

/** Types of sectors that hold 2048 bytes a block: all that the disc has room for. */
const blockTypes: ReadonlySet<number> = new Set([sectorTypes.any, sectorTypes.mode1, sectorTypes.mode2Form1]);

/** The user data of CD sectors. Headers, error correction and sub-channels are not kept, and refused rather than made up. */
function readSectors(transfer: Transfer, fields: ValuesOf<typeof readCd>): Uint8Array | Sense | undefined {
  const { lba, blocks, sectorType, sync, header, userData, errorCorrection, errorFlags, subChannel } = fields;
  const { state } = transfer.disc;
  if (sectorType > sectorTypes.mode2Form2) return invalidField(readCd, "sectorType");
  if (state.table.family !== "cd" || !blockTypes.has(sectorType)) return wrongSectors;
  const track = state.tracks[state.trackAt(lba) - 1];
  const type = track?.isMode2 ? sectorTypes.mode2Form1 : sectorTypes.mode1;
  if (sectorType !== sectorTypes.any && sectorType !== type) return wrongSectors;
  const kept = { sync, header, errorCorrection, errorFlags, subChannel };
  const missing = (Object.keys(kept) as (keyof typeof kept)[]).find((name) => Boolean(kept[name]));
  if (missing !== undefined) return invalidField(readCd, missing);
  if (lba < 0) return outOfRange(lba >>> 0);
  return userData ? readBlocks(transfer, { lba, blocks }, readCd) : undefined;
}

/** Whether blocks can be read, and are what the host sends for comparison. */
function verify(
  transfer: Transfer,
  { lba, blocks, byteCheck }: Range & { readonly byteCheck: boolean },
  layout: TransferLayout,
): Sense | undefined {
  const { dataOut } = transfer;
  const wanted = dataOut.subarray(0, blocks * BLOCK_BYTES);
  if (byteCheck && wanted.length < blocks * BLOCK_BYTES) return wrongListLength;
  const read = readBlocks(transfer, { lba, blocks }, layout);
  if (!(read instanceof Uint8Array)) return read;
  if (!byteCheck || Buffer.compare(read, wanted) === 0) return undefined;
  return { ...miscompare, at: lba + Math.floor(read.findIndex((byte, at) => byte !== wanted[at]) / BLOCK_BYTES) };
}

/**
 * Takes the blocks of a WRITE; with FUA they are on the medium when it is answered (SBC). Where blocks are written one after
 * another that would end a unit or a track, as a flush does, so that it does not count there.
 */
function writeThrough(
  transfer: Transfer,
  fields: Range & { readonly forceUnitAccess: boolean },
  layout: TransferLayout,
): Sense | undefined {
  const refused = writeBlocks(transfer, fields, layout);
  const { drive, disc } = transfer;
  if (refused !== undefined || !fields.forceUnitAccess || !disc.state.isInPlace) return refused;
  disc.flush();
  drive.timing.pass(drive.timing.drain());
  return drive.script.takeDeferred();
}

/** Takes the blocks of a WRITE as far as the power lasts. */
function writeBlocks(transfer: Transfer, { lba, blocks }: Range, layout: TransferLayout): Sense | undefined {
  const { drive, dataOut } = transfer;
  if (blocks > MAXIMUM_BLOCKS) return invalidField(layout, "blocks");
  if (dataOut.length < blocks * BLOCK_BYTES) return wrongListLength;
  const session = currentSession(drive.sessionAtOnce, drive.modePages);
  if (session !== undefined) return writeSession(transfer, session, { lba, blocks });
  return writePart(transfer, { lba, blocks });
}

/** Takes the blocks of a session that is recorded at once, part by part: those of pregaps are recorded, and never read. */
function writeSession(transfer: Transfer, session: SessionAtOnce, { lba, blocks }: Range): Sense | undefined {
  const { disc, dataOut } = transfer;
  const end = lba + blocks;
  if (end > session.end) return { ...disc.table.senses.endOfTrack, at: lba >>> 0 };
  for (let from = lba; from < end; ) {
    const part = partAt(session, from);
    if (part === undefined) return outOfRange(from >>> 0);
    const to = Math.min(end, part.until);
    if (part.track !== undefined) {
      const begun = part.track.start === from ? beginTrack(disc.state, session, from) : [];
      if (begun.length > 0) disc.change(...begun);
      const data = dataOut.subarray((from - lba) * BLOCK_BYTES, (to - lba) * BLOCK_BYTES);
      const refused = writePart({ ...transfer, dataOut: data }, { lba: from, blocks: to - from });
      if (refused !== undefined) return refused;
    }
    from = to;
  }
  return undefined;
}

/** Takes the blocks of a WRITE that fall into one track. */
function writePart({ drive, disc, dataOut }: Transfer, { lba, blocks }: Range): Sense | undefined {
  // A negative address is one of a CD's lead-in.
  if (lba < 0) return outOfRange(lba >>> 0);
  const { script } = drive;
  const bad = script.badBlock("write", lba, blocks);
  if (bad !== undefined) return bad;
  const given = dataOut.subarray(0, blocks * BLOCK_BYTES);
  // A drive that writes nothing leaves the blocks as they are.
  const wrong = pageFault(drive, disc.state);
  if (wrong !== undefined) return wrong;
  disc.recordsMode2 = isMode2(drive, disc.table.recording);
  const data = drive.script.isLying && lba + blocks <= disc.state.blocks ? disc.peek(lba, blocks) : given;
  const refused = isJustFormatted(disc.state) ? drive.traits.quirks.writeAfterFormat : undefined;
  if (refused !== undefined) return refused;
  const admitted = admit(disc, lba, data);
  if (typeof admitted !== "function") return admitted;
  if (!drive.timing.hasRoom(blocks) && drive.traits.quirks.busyWhenFull) return busySenses.longWrite;
  const late = script.isArmed ? underrun(drive, disc, lba) : undefined;
  if (late !== undefined) return late;
  const defect = script.isArmed ? replaceDefects(drive, disc, { lba, blocks }) : undefined;
  if (defect !== undefined) return defect;
  const received = script.take("block", blocks);
  drive.timing.write(lba, received);
  if (received < blocks) {
    takePart(disc, lba, data, received);
    throw new PowerLost();
  }
  admitted();
  disc.drain();
  return undefined;
}

function isJustFormatted({ isEmpty, condition }: MediumState): boolean {
  return isEmpty && condition.id !== "unformatted";
}

/** What is wrong with mode page 05h for the medium as it is; where the page does not count, nothing. */
function pageFault(drive: Drive, state: MediumState): Sense | undefined {
  const { condition, isFinalized, tracks, table } = state;
  const page = condition.page ?? (condition.writeModel === "sequential" ? table.recording.page : undefined);
  if (page === undefined || isFinalized) return undefined;
  const { writeType, dataBlockType, fixedPacket, packetSize } = writeParametersOf(drive.modePages);
  if (currentSession(drive.sessionAtOnce, drive.modePages) !== undefined) return undefined;
  const { wrongPage, wrongPacketSize } = table.senses;
  if (condition.onlyAtOnce || (writeType === writeTypes.sessionAtOnce && condition.page === undefined))
    return isDiscAtOnce(state, drive.modePages) ? undefined : wrongPage;
  const mode2 = isMode2(drive, table.recording);
  const isMixed = tracks.some((track) => isRecordedIn(state, track) && (track.isMode2 ?? false) !== mode2);
  if (writeType !== page.writeType || !page.dataBlockTypes.includes(dataBlockType) || isMixed) return wrongPage;
  if (page.packetSize === undefined) return undefined;
  return fixedPacket && packetSize === page.packetSize ? undefined : wrongPacketSize;
}

/** Whether a track has a mode by now: something was written to it, or it was formatted. */
function isRecordedIn({ isInPlace }: MediumState, { start, next }: TrackState): boolean {
  return isInPlace || next > start;
}

/** Whether mode page 05h asks for a track of Mode 2. */
function isMode2({ modePages }: Drive, { page }: RecordingRules): boolean {
  return page?.mode2BlockType !== undefined && writeParametersOf(modePages).dataBlockType === page.mode2BlockType;
}

/** Data that comes too late ends a track that is written at once, unless links are allowed (MMC, page 05h, BUFE). */
function underrun({ script, modePages }: Drive, disc: BufferedDisc, lba: Lba): Sense | undefined {
  if (!script.takeUnderrun() || !disc.table.recording.page?.failsOnUnderrun) return undefined;
  if (writeParametersOf(modePages).bufferUnderrunFree) return undefined;
  disc.change({ is: "damage", track: disc.state.trackAt(lba) });
  return { ...sense(3, 0x0c, 0x09), at: lba };
}

/** Lets spare units stand for those that cannot hold data, as long as there are any. */
function replaceDefects({ script }: Drive, disc: BufferedDisc, { lba, blocks }: Range): Sense | undefined {
  const { table, state } = disc;
  const found = script.defectsIn(lba, blocks).map((at) => ({ at, unit: at - (at % table.unit) }));
  const units = new Map(found.filter(({ unit }) => !state.spared.has(unit)).map(({ unit, at }) => [unit, at]));
  const [first] = units;
  if (first === undefined) return undefined;
  const spares = sparesOf(state);
  if (spares === undefined || spares.allocated === 0) return { ...table.senses.writeError, at: first[1] };
  if (script.hasNoSpares || spares.free < units.size * table.unit) return { ...table.senses.noSpare, at: first[1] };
  for (const unit of units.keys()) disc.spare(unit);
  return undefined;
}

/** A CD's track ends when there is nothing more to write (MMC, SYNCHRONIZE CACHE in track at once recording). */
function endTrack({ state, table }: BufferedDisc): readonly StateRecord[] {
  if (!table.recording.endsTrackOnFlush) return [];
  const open = state.tracks.findIndex(({ kind }) => kind === "open") + 1;
  return open > 0 ? [{ is: "close-track", track: open }] : [];
}

/** What counts of a WRITE in the middle of which the power goes. */
function takePart(disc: BufferedDisc, lba: Lba, data: Uint8Array, received: Blocks): void {
  const counting = writeModels[disc.state.condition.writeModel].received(disc, lba, received);
  const admitted = admit(disc, lba, data.subarray(0, counting * BLOCK_BYTES));
  if (typeof admitted === "function") admitted();
}

/** READ, WRITE, VERIFY, SEEK and SYNCHRONIZE CACHE (MMC). */
export const readWriteCommands: readonly CommandEntry[] = [
  onDisc(read10, (call) => readBlocks(call, call.fields, read10)),
  onDisc(read12, (call) => readBlocks(call, call.fields, read12)),
  onDisc(write10, (call) => writeThrough(call, call.fields, write10)),
  onDisc(write12, (call) => writeThrough(call, call.fields, write12)),

  onDisc(readCd, (call) => readSectors(call, call.fields)),

  onDisc(
    writeAndVerify10,
    (call) => writeThrough(call, call.fields, writeAndVerify10) ?? verify(call, call.fields, writeAndVerify10),
  ),

  onDisc(verify10, (call) => verify(call, call.fields, verify10)),

  onDisc(seek10, ({ fields, state }) => (fields.lba >= state.blocks ? outOfRange(fields.lba) : undefined)),

  onDisc(synchronizeCache, ({ fields, disc, state, drive }) => {
    disc.flush();
    // What failed on the way to the medium is the failure of this command.
    const failed = drive.script.takeDeferred();
    if (failed !== undefined) return failed;
    const { modePages, sessionAtOnce } = drive;
    const session = currentSession(sessionAtOnce, modePages);
    const atOnce = session === undefined ? endOfDisc(state, modePages) : endOfSession(state, session, modePages);
    const records = session === undefined && atOnce.length === 0 ? endTrack(disc) : atOnce;
    if (records.length > 0) drive.sessionAtOnce = undefined;
    drive.carryOut({ records, sense: busySenses.longWrite, isImmediate: fields.immediate });
    return undefined;
  }),
];
