import type { ScsiCommand, ScsiResult, ScsiTransport } from "@multisession/mmc";
import { changesDisc } from "./changing-commands.ts";
import type { OpenedDevice } from "./host/host.ts";
import type { HostProcess } from "./host-process.ts";

/** Most bytes of one command, whatever the adapter takes: more is not faster, and two processes hold them. */
const MOST_BYTES = 1024 * 1024;

/** How the drive is taken for this program alone. */
export interface ExclusiveAccess {
  /** Name under which other programs see who holds the drive. */
  readonly client: string;
  /** Also when the disc's volume is in use by other programs, whose open files are cut off then. */
  readonly force: boolean;
}

/**
 * Commands to a Windows drive as they are: IMAPI2's `IDiscRecorder2Ex`. Reading leaves the drive shared; before the first
 * command that changes the disc it is taken for this program alone, until it is closed.
 */
export class ImapiTransport implements ScsiTransport {
  readonly name: string;
  readonly maxTransferBytes: number;
  readonly #host: HostProcess;
  readonly #access: ExclusiveAccess;
  #isAcquired = false;

  constructor(name: string, host: HostProcess, { maxTransferBytes }: OpenedDevice, access: ExclusiveAccess) {
    this.name = name;
    this.maxTransferBytes = Math.min(maxTransferBytes, MOST_BYTES);
    this.#host = host;
    this.#access = access;
  }

  /**
   * @throws `TypeError` for more data than one command carries, `BUSY` with the owner's name when another program holds the
   * drive, `RECORDER_LOST` when the drive or its process is gone, and the codes of IMAPI2's other failures.
   */
  async execute(command: ScsiCommand): Promise<ScsiResult> {
    const bytes = Math.max(command.dataOut?.length ?? 0, command.dataInLength ?? 0);
    if (bytes > this.maxTransferBytes)
      throw new TypeError(`${this.name} transfers at most ${this.maxTransferBytes} bytes at once, not ${bytes}`);
    if (!this.#isAcquired && changesDisc(command.cdb)) await this.acquire();
    return this.#host.calls.execute(command);
  }

  /** Takes the drive for this program alone, if it is not so already. */
  async acquire(): Promise<void> {
    await this.#host.calls.acquire(this.#access.client, this.#access.force);
    this.#isAcquired = true;
  }

  /** Gives the drive back; the next command that changes the disc takes it again. */
  async release(): Promise<void> {
    this.#isAcquired = false;
    await this.#host.calls.release();
  }

  close(): Promise<void> {
    return this.#host.close();
  }
}
