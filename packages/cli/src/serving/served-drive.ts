import { MultisessionError } from "@multisession/core";
import { openDisc, type VirtualRecorder } from "@multisession/driver-virtual";
import type { IscsiTarget } from "@multisession/iscsi-target";
import {
  parseSense,
  type ScsiResult,
  type ScsiTarget,
  senseKeys,
  startStopUnit,
  testUnitReady,
} from "@multisession/mmc";
import { deviceError } from "../device-error.ts";
import { emptyDrive } from "./empty-drive.ts";

/** More than a drive has to tell at once. */
const MOST_ATTENTIONS = 8;

/** One drive of `serve`: the disc file in it, which can be taken out and exchanged while programs use the drive. */
export class ServedDrive {
  /** Number of the logical unit. */
  readonly number: number;
  #disc: { readonly file: string; readonly recorder: VirtualRecorder } | undefined;
  readonly #first: VirtualRecorder;

  private constructor(number: number, file: string, recorder: VirtualRecorder) {
    this.number = number;
    this.#disc = { file, recorder };
    this.#first = recorder;
  }

  /** Opens the disc file that is in the drive at first. */
  static async open(number: number, file: string): Promise<ServedDrive> {
    return new ServedDrive(number, file, await open(number, file));
  }

  /** The disc file in the drive. */
  get file(): string | undefined {
    return this.#disc?.file;
  }

  /** The recorder that the target begins with. */
  get recorder(): VirtualRecorder {
    return this.#first;
  }

  /** Puts a disc file into the drive, in the place of the one that is in it; without a name, closes the tray. */
  async load(target: IscsiTarget, file: string | undefined): Promise<void> {
    if (file === undefined || file === this.file) return target.exchange(this.number, closeTray);
    const recorder = await open(this.number, file);
    try {
      await target.exchange(this.number, async (old) => {
        await this.#takeOut(old);
        this.#disc = { file, recorder };
        return recorder;
      });
    } catch (error) {
      if (this.#disc?.recorder !== recorder) recorder.close();
      throw error;
    }
  }

  /** Takes the disc out: everything is on it, and its file is free for others. */
  async eject(target: IscsiTarget): Promise<void> {
    await target.exchange(this.number, async (old) => {
      const empty = await emptyDrive(this.#disc?.recorder.drive ?? this.#first.drive, serialOf(this.number));
      await this.#takeOut(old);
      return empty;
    });
  }

  /** Everything is on the disc; nobody uses the drive any more. */
  close(): void {
    this.#disc?.recorder.close();
    this.#disc = undefined;
  }

  async #takeOut(old: ScsiTarget): Promise<void> {
    if (this.#disc === undefined) return;
    await mustAnswerWell(old, { cdb: startStopUnit.build({ loadEject: true }) }, this.#disc.file);
    this.close();
  }
}

/** Hosts tell the drives by it, whichever disc is in them. */
function serialOf(number: number): string {
  return String(number + 1).padStart(12, "0");
}

async function open(number: number, file: string): Promise<VirtualRecorder> {
  return openDisc(file, { serial: serialOf(number) }).catch((error: unknown) => {
    throw deviceError(error, file);
  });
}

/** The same disc comes back: an open tray is closed. One that is shut with a disc in it is left alone. */
async function closeTray(drive: ScsiTarget): Promise<ScsiTarget | undefined> {
  const { status } = await drive.execute({ cdb: testUnitReady.build({}) });
  if (status === "good") return undefined;
  await mustAnswerWell(drive, { cdb: startStopUnit.build({ loadEject: true, start: true }) }, "the drive");
  return drive;
}

function isAttention({ sense }: ScsiResult): boolean {
  return sense !== undefined && parseSense(sense).key === senseKeys.unitAttention;
}

async function mustAnswerWell(
  drive: ScsiTarget,
  command: { readonly cdb: Uint8Array },
  subject: string,
): Promise<void> {
  let result = await drive.execute(command);
  // What the drive has to tell first, the target tells everybody after an exchange.
  for (let more = 0; more < MOST_ATTENTIONS && isAttention(result); more++) result = await drive.execute(command);
  if (result.status === "good") return;
  const sense = result.sense && parseSense(result.sense);
  if (sense?.asc === 0x53)
    throw new MultisessionError("BUSY", `A program keeps ${subject} in the drive.`, {
      subject,
      advice: "Unmount the disc, or end the program that uses it.",
      sense,
    });
  throw new MultisessionError("NO_MEDIUM", "There is no disc in the drive to be loaded.", {
    subject,
    advice: "Name a disc file.",
    ...(sense && { sense }),
  });
}
