import {
  blank,
  closeTrackSession,
  formatUnit,
  modeSelect10,
  repairTrack,
  reserveTrack,
  sendCueSheet,
  sendDiscStructure,
  sendOpcInformation,
  setStreaming,
  synchronizeCache,
  write10,
  write12,
  writeAndVerify10,
} from "@multisession/mmc";

/** Commands that change a disc or prepare for it. Before the first of them the drive is taken for this program alone. */
const changing: ReadonlySet<number> = new Set(
  [
    blank,
    closeTrackSession,
    formatUnit,
    modeSelect10,
    repairTrack,
    reserveTrack,
    sendCueSheet,
    sendDiscStructure,
    sendOpcInformation,
    setStreaming,
    synchronizeCache,
    write10,
    write12,
    writeAndVerify10,
  ].map(({ command }) => command.opcode),
);

/** Whether a command changes the disc or how it is written. */
export function changesDisc(cdb: Uint8Array): boolean {
  return changing.has(cdb[0] ?? 0);
}
