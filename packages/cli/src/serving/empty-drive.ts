import { createVirtualRecorder, knowsMedium, virtualMedia } from "@multisession/driver-virtual";
import { buildSense, type DriveCapture, opcodes, type ScsiTarget, startStopUnit } from "@multisession/mmc";
import { openTray } from "./tray.ts";

/** 2/3A/02, medium not present, tray open. */
const noDisc = buildSense({ key: 2, asc: 0x3a, ascq: 0x02 });

/** A drive whose tray is out, with nothing on it: whoever closes it finds nothing either. */
export async function emptyDrive(drive: DriveCapture, serial: string): Promise<ScsiTarget> {
  const medium = virtualMedia.find(({ id }) => knowsMedium(drive, id));
  if (medium === undefined) throw new TypeError("A drive that knows no medium");
  const recorder = createVirtualRecorder({ medium: medium.id, drive, serial });
  await openTray(recorder, "nothing");
  return {
    execute: async (command) =>
      closesTray(command.cdb) ? { status: "check-condition", sense: noDisc } : recorder.execute(command),
  };
}

function closesTray(cdb: Uint8Array): boolean {
  return cdb[0] === opcodes.startStopUnit.opcode && startStopUnit.parse(cdb).start;
}
