import type { CommandLayout } from "./command.ts";
import { blank } from "./commands/blank.ts";
import { readBufferCapacity } from "./commands/buffer.ts";
import { sendOpcInformation } from "./commands/calibration.ts";
import { getConfiguration } from "./commands/configuration.ts";
import { sendCueSheet } from "./commands/cue-sheet.ts";
import { readDiscInformation } from "./commands/disc-information.ts";
import { readDiscStructure } from "./commands/disc-structure.ts";
import { getEventStatus } from "./commands/event-status.ts";
import { formatUnit, readFormatCapacities } from "./commands/format.ts";
import { inquiry } from "./commands/inquiry.ts";
import { mechanismStatus } from "./commands/mechanism-status.ts";
import { modeSelect10, modeSense10 } from "./commands/mode.ts";
import { modeSelect6, modeSense6 } from "./commands/mode6.ts";
import { getPerformance, setCdSpeed, setStreaming } from "./commands/performance.ts";
import { readCd } from "./commands/read-cd.ts";
import {
  read10,
  read12,
  readCapacity,
  seek10,
  synchronizeCache,
  verify10,
  write10,
  write12,
  writeAndVerify10,
} from "./commands/read-write.ts";
import { reportLuns } from "./commands/report-luns.ts";
import { release6, release10, reserve6, reserve10 } from "./commands/reservation.ts";
import { sendDiscStructure } from "./commands/structure-list.ts";
import { readToc } from "./commands/toc.ts";
import { closeTrackSession, readTrackInformation, repairTrack, reserveTrack } from "./commands/tracks.ts";
import { preventAllow, requestSense, startStopUnit, testUnitReady } from "./commands/unit.ts";
import { findOpcode } from "./opcodes.ts";
import type { Fields, Struct } from "./struct.ts";

type AnyLayout = Pick<CommandLayout, "command"> & Pick<Struct<Fields>, "fields">;

const layouts: ReadonlyMap<number, AnyLayout> = new Map(
  [
    testUnitReady,
    requestSense,
    formatUnit,
    inquiry,
    startStopUnit,
    preventAllow,
    readFormatCapacities,
    readCapacity,
    read10,
    write10,
    verify10,
    synchronizeCache,
    readToc,
    getConfiguration,
    getEventStatus,
    readDiscInformation,
    readTrackInformation,
    reserveTrack,
    modeSelect10,
    modeSense10,
    closeTrackSession,
    readBufferCapacity,
    reportLuns,
    read12,
    write12,
    getPerformance,
    readDiscStructure,
    setStreaming,
    setCdSpeed,
    mechanismStatus,
    blank,
    sendOpcInformation,
    sendCueSheet,
    modeSelect6,
    modeSense6,
    readCd,
    seek10,
    writeAndVerify10,
    sendDiscStructure,
    repairTrack,
    reserve6,
    release6,
    reserve10,
    release10,
  ].map((layout): [number, AnyLayout] => [layout.command.opcode, layout]),
);

/**
 * Says a command in words, for logs: `WRITE(10) lba 64, blocks 32`. Fields that are zero are left out; of a command
 * without a layout here there is only the name, and of an unknown one the opcode.
 */
export function describeCommand(cdb: Uint8Array): string {
  const opcode = cdb[0] ?? 0;
  const name = findOpcode(opcode)?.name ?? `command ${opcode.toString(16).toUpperCase().padStart(2, "0")}h`;
  const fields = Object.entries(layouts.get(opcode)?.fields ?? {}).flatMap(([field, layout]) => {
    const value = layout.read(cdb);
    const words = field.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
    if (value === true) return [words];
    return typeof value === "number" && value !== 0 ? [`${words} ${value}`] : [];
  });
  return fields.length > 0 ? `${name} ${fields.join(", ")}` : name;
}
