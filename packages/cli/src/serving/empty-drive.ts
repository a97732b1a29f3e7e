import { createVirtualRecorder, knowsMedium, virtualMedia } from "@multisession/driver-virtual";
import { buildSense, type DriveCapture, opcodes, type ScsiTarget, startStopUnit } from "@multisession/mmc";

/** More than any drive has to tell at once. */
const MOST_TRIES = 8;
/** 2/3A/02, medium not present, tray open. */
const noDisc = buildSense({ key: 2, asc: 0x3a, ascq: 0x02 });

/** A drive whose tray is out, with nothing on it: whoever closes it finds nothing either. */
export async function emptyDrive(drive: DriveCapture, serial: string): Promise<ScsiTarget> {
  const medium = virtualMedia.find(({ id }) => knowsMedium(drive, id));
  if (medium === undefined) throw new TypeError("A drive that knows no medium");
  const recorder = createVirtualRecorder({ medium: medium.id, drive, serial });
  await openTray(recorder);
  return {
    execute: async (command) =>
      closesTray(command.cdb) ? { status: "check-condition", sense: noDisc } : recorder.execute(command),
  };
}

/** A drive that was just switched on has to tell so before it opens its tray. */
async function openTray(drive: ScsiTarget): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++)
    if ((await drive.execute({ cdb: startStopUnit.build({ loadEject: true }) })).status === "good") return;
  throw new Error("The tray does not open");
}

function closesTray(cdb: Uint8Array): boolean {
  return cdb[0] === opcodes.startStopUnit.opcode && startStopUnit.parse(cdb).start;
}
