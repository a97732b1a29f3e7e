import { MultisessionError } from "@multisession/core";
import {
  parseSense,
  type ScsiTarget,
  type SenseData,
  senseError,
  senseKeys,
  startStopUnit,
  testUnitReady,
} from "@multisession/mmc";

/** More than a drive has to tell at once. */
const MOST_ATTENTIONS = 8;
/** MEDIUM REMOVAL PREVENTED (SPC). */
const REMOVAL_PREVENTED = 0x53;

/** Opens the tray of a drive. @throws `BUSY` when a program keeps it shut. `subject`: what lies in it. */
export async function openTray(drive: ScsiTarget, subject: string): Promise<void> {
  const fault = await faultOf(drive, startStopUnit.build({ loadEject: true }));
  if (fault === undefined) return;
  if (fault.asc !== REMOVAL_PREVENTED) throw senseError(fault, { purpose: "reload", task: "open the tray", subject });
  throw new MultisessionError("BUSY", `A program keeps ${subject} in the drive.`, {
    subject,
    advice: "Unmount the disc, or end the program that uses it.",
    sense: fault,
  });
}

/** Closes the tray; whether it was open. @throws `NO_MEDIUM` when nothing lies in it. */
export async function closeTray(drive: ScsiTarget): Promise<boolean> {
  if ((await faultOf(drive, testUnitReady.build({}))) === undefined) return false;
  const fault = await faultOf(drive, startStopUnit.build({ loadEject: true, start: true }));
  if (fault === undefined) return true;
  throw new MultisessionError("NO_MEDIUM", "There is no disc in the drive to be loaded.", {
    subject: "the drive",
    advice: "Name a disc file.",
    sense: fault,
  });
}

/** Why a command fails when the drive has told all else that it has to tell; after an exchange the target tells that everybody. */
async function faultOf(drive: ScsiTarget, cdb: Uint8Array): Promise<SenseData | undefined> {
  for (let told = 0; ; told++) {
    const { status, sense = new Uint8Array() } = await drive.execute({ cdb });
    if (status === "good") return undefined;
    const fault = parseSense(sense);
    if (fault.key !== senseKeys.unitAttention || told === MOST_ATTENTIONS) return fault;
  }
}
