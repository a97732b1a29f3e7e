import type { ScsiCommand, ScsiResult, ScsiTransport } from "@multisession/mmc";
import { changesDisc } from "./changing-commands.ts";
import type { OpenedDevice } from "./host/host.ts";
import type { HostProcess } from "./host-process.ts";

/** Most bytes on their way to the drive's process at once, and of one command whatever the adapter takes. */
const MOST_BYTES = 1024 * 1024;

/** Bytes that are collected for one message, where a single command has not more: measured under Wine. */
const MESSAGE_BYTES = 256 * 1024;

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
  #chains = 0;

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
    await this.#admit([command]);
    return this.#host.calls.execute(command);
  }

  /**
   * As {@link execute}. A message between two processes costs as much as the command that it carries (under Wine 0.6 ms), so
   * several commands go into one; and while the drive's process executes those of one message, the next is on its way.
   */
  async executeLinked(commands: readonly ScsiCommand[]): Promise<readonly ScsiResult[]> {
    const messages = messagesOf(commands);
    await this.#admit(messages.flat());
    const chain = this.#chains++;
    const results = await Promise.all(messages.map((message) => this.#host.calls.executeLinked(message, chain)));
    return results.flat();
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

  async #admit(commands: readonly ScsiCommand[]): Promise<void> {
    const bytes = Math.max(...commands.map(bytesOf));
    if (bytes > this.maxTransferBytes)
      throw new TypeError(`${this.name} transfers at most ${this.maxTransferBytes} bytes at once, not ${bytes}`);
    if (!this.#isAcquired && commands.some(({ cdb }) => changesDisc(cdb))) await this.acquire();
  }
}

/** As many commands as are sent ahead of the first one's answer: at least one. */
function messagesOf(commands: readonly ScsiCommand[]): readonly (readonly ScsiCommand[])[] {
  const messages: ScsiCommand[][] = [];
  let [total, inMessage] = [0, MESSAGE_BYTES];
  for (const command of commands) {
    const bytes = bytesOf(command);
    total += bytes;
    if (messages.length > 0 && total > MOST_BYTES) break;
    const isFull = inMessage + bytes > MESSAGE_BYTES || messages.length === 0;
    if (isFull) messages.push([]);
    inMessage = isFull ? bytes : inMessage + bytes;
    messages.at(-1)?.push(command);
  }
  return messages;
}

function bytesOf({ dataOut, dataInLength = 0 }: ScsiCommand): number {
  return Math.max(dataOut?.length ?? 0, dataInLength);
}
