import type { Sense } from "@multisession/core";
import type { SenseData } from "@multisession/mmc";
import { sense } from "../media/medium-table.ts";
import type { CommandEntry, Reply } from "./command-entry.ts";
import { changing, informing, rangeOf, tellingOfDisc } from "./command-kinds.ts";
import { commands } from "./command-table.ts";
import type { Drive } from "./drive.ts";

/** 5/20/00, the recorder does not know the command. */
const unknownCommand: Sense = sense(5, 0x20, 0x00);
/** 7/27/00, write protected. */
const writeProtected: Sense = sense(7, 0x27, 0x00);

/** What keeps a command from being carried out comes first, in the order of SPC: busy, unit attention, not ready, protected. */
export function dispatch(drive: Drive, cdb: Uint8Array, dataOut: Uint8Array): Reply {
  const [opcode = 0] = cdb;
  const entry = cdb.length === 0 ? undefined : commands.get(opcode);
  if (entry === undefined) return unknownCommand;
  drive.proceed();
  const early =
    business(drive, entry) ?? attention(drive, entry) ?? deferred(drive, entry) ?? unreadiness(drive, entry);
  if (early !== undefined) return early;
  const refusal = refusalByFault(drive, cdb) ?? protection(drive, opcode);
  const reply = refusal ?? entry.run(drive, cdb, dataOut);
  return reply instanceof Uint8Array ? drive.script.answer(cdb, reply) : reply;
}

/** A drive at work tells what it is, and most drives what is on the disc; everything else has to wait (MMC). */
function business(drive: Drive, { reportsAttention, opcode }: CommandEntry): SenseData | undefined {
  const { busy } = drive;
  if (busy === undefined || !reportsAttention) return undefined;
  if (!informing.has(opcode)) return busy;
  return drive.traits.quirks.busyInformation && tellingOfDisc.has(opcode) ? busy : undefined;
}

/** One pending attention for each command that reports them. */
function attention(drive: Drive, { reportsAttention }: CommandEntry): Sense | undefined {
  if (!reportsAttention || drive.attentions.length === 0 || drive.isTrayOpen) return undefined;
  const [first, ...later] = drive.attentions;
  drive.attentions = later;
  return first;
}

/** An error of an earlier command takes the place of this one, which is not carried out (SPC). */
function deferred({ script, isTrayOpen }: Drive, { reportsAttention }: CommandEntry): SenseData | undefined {
  const failed = script.isArmed && reportsAttention && !isTrayOpen ? script.takeDeferred() : undefined;
  return failed && { ...failed, isDeferred: true };
}

/** A slow drive; without a clock its time has passed when it is asked. */
function unreadiness(drive: Drive, { reportsAttention, opcode }: CommandEntry): Sense | undefined {
  const { script, timing, isTrayOpen } = drive;
  if (!script.isArmed || !reportsAttention || isTrayOpen) return undefined;
  return script.notReady(opcode, timing.isAtOnce ? Number.POSITIVE_INFINITY : timing.now);
}

/** A disc that cannot be changed where it lies is a write-protected one. */
function protection({ disc, isTrayOpen }: Drive, opcode: number): Sense | undefined {
  return disc.store.access !== "write" && changing.has(opcode) && !isTrayOpen ? writeProtected : undefined;
}

function refusalByFault({ script }: Drive, cdb: Uint8Array): Sense | undefined {
  if (!script.isArmed) return undefined;
  const range = rangeOf(cdb);
  return script.refusal(cdb[0] ?? 0, range?.lba ?? 0, range?.blocks ?? 0);
}
