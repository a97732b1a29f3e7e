import { openDisc, type VirtualRecorder } from "@multisession/driver-virtual";
import type { IscsiTarget } from "@multisession/iscsi-target";
import type { ScsiTarget } from "@multisession/mmc";
import { deviceError } from "../device-error.ts";
import { emptyDrive } from "./empty-drive.ts";
import { closeTray, openTray } from "./tray.ts";

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
    if (file === undefined || file === this.file) return this.#close(target);
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

  /** The same disc comes back. A tray that is shut with a disc in it is left alone. */
  async #close(target: IscsiTarget): Promise<void> {
    await target.exchange(this.number, async (drive) => ((await closeTray(drive)) ? drive : undefined));
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
    await openTray(old, this.#disc.file);
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
