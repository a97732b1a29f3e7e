import { MultisessionError } from "@multisession/core";
import type { Clock } from "./clock.ts";
import { requestSense, startStopUnit, testUnitReady } from "./commands/unit.ts";
import { fixedSense, parseSense, type SenseData, senseKeys } from "./sense.ts";
import { type FailedCommand, senseError } from "./sense-error.ts";
import type { ScsiCommand, ScsiResult, ScsiTransport } from "./transport.ts";

/** How long a drive may take, in milliseconds. */
export const timeouts = {
  /** One command that moves no data of the disc. */
  command: 30_000,
  /** One READ. Drives try a damaged block for long. */
  read: 60_000,
  /** One WRITE; the first can come while the drive calibrates its laser. */
  write: 180_000,
  /** SYNCHRONIZE CACHE, which can write a lead-in on some media. */
  flush: 600_000,
  /** A drive that becomes ready after a disc was loaded. */
  ready: 90_000,
  /** Formatting, and closing with the lead-out over the whole rest of the disc. */
  long: 7_200_000,
} as const;

/** Pauses between two tries, in milliseconds: the first, and the longest that they grow to. */
const pauses = { write: { first: 5, longest: 100 }, other: { first: 20, longest: 1000 } } as const;

/** One command with what an error must tell about it. */
export interface ChannelCommand extends FailedCommand {
  /** The CDB. */
  readonly cdb: Uint8Array;
  /** Data for the drive. */
  readonly dataOut?: Uint8Array;
  /** Most bytes taken from the drive. */
  readonly dataInLength?: number;
  /** Milliseconds for one execution. */
  readonly timeout?: number;
  /** Milliseconds in which a drive that says “not ready” may become ready. */
  readonly patience?: number;
  /** It only waits for the end of a command before it. */
  readonly isFollowUp?: boolean;
  /** Stops before the next command is sent. */
  readonly signal?: AbortSignal | undefined;
}

/** Qualifiers of “not ready” (2/04) that pass by themselves (MMC): unknown, becoming ready, format, operation, long write. */
const passing: ReadonlySet<number> = new Set([0x00, 0x01, 0x04, 0x07, 0x08]);

/** “Initialize command required”: the disc was spun down. */
const STOPPED = 0x02;

/** What a command gives that takes nothing from the drive. */
const nothing = new Uint8Array();

/** Sends one command after another, waits for a drive that is busy, and turns what fails into errors for people. */
export class CommandChannel {
  readonly #transport: ScsiTransport;
  readonly #clock: Clock;
  readonly #onAttention: (sense: SenseData, command: ChannelCommand) => void;

  /** `onAttention` hears of every unit attention; it returns to have the command sent again, or throws. */
  constructor(
    transport: ScsiTransport,
    clock: Clock,
    onAttention: (sense: SenseData, command: ChannelCommand) => void,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#onAttention = onAttention;
  }

  /**
   * Executes a command until it succeeds or fails for good. A recovered error is success.
   *
   * @param first - What a try that was made already gave.
   * @returns the data from the drive, at most `dataInLength` bytes.
   * @throws `CANCELLED` when the signal was aborted before a try, `RECORDER_LOST` when the transport fails, and the codes
   * of `senseError`.
   */
  async execute(command: ChannelCommand, first?: ScsiResult): Promise<Uint8Array> {
    const deadline = this.#clock.now() + (command.patience ?? timeouts.ready);
    const pacing = command.purpose === "write" ? pauses.write : pauses.other;
    let pause: number = pacing.first;
    let wasStarted = false;
    let wasTold = false;
    for (let given = first; ; given = undefined) {
      const result = given ?? (await this.#send(command));
      if (result.status === "good") return takeData(result, command);
      // Without a key nothing is known, and some bridges to USB lose the sense data: that is no success.
      const sense = parseSense(result.sense ?? new Uint8Array());
      if (sense.isDeferred) throw senseError(sense, command);
      if (sense.key === senseKeys.recovered) return takeData(result, command);
      if (sense.key === senseKeys.unitAttention) {
        this.#onAttention(sense, command);
        // It was told instead of executing the command, so the next one may be executed at once.
        if (!wasTold) {
          wasTold = true;
          continue;
        }
      } else if (isNotReady(sense) && sense.ascq === STOPPED && !wasStarted) {
        wasStarted = true;
        await this.#send({ ...withoutData(command), cdb: startStopUnit.build({ start: true }) });
      } else if (!isNotReady(sense) || !passing.has(sense.ascq)) {
        throw senseError(sense, command);
      }
      if (this.#clock.now() >= deadline) throw senseError(sense, command);
      await this.#pause(pause, command);
      pause = Math.min(2 * pause, pacing.longest);
    }
  }

  /**
   * Executes commands in order, each as {@link execute} does, linked where the transport can link them.
   *
   * @param onDone - Hears of each that succeeded, before another can fail.
   * @throws what {@link execute} throws.
   */
  async executeAll(commands: readonly ChannelCommand[], onDone: (index: number) => void): Promise<void> {
    for (let next = 0; next < commands.length; ) {
      for (const result of await this.#sendFrom(commands, next)) {
        const command = commands[next];
        if (command === undefined) throw new TypeError("The transport gave more results than it was given commands");
        await this.execute(command, result);
        onDone(next);
        next++;
      }
    }
  }

  /**
   * Waits for the end of an operation that goes on in the drive: until TEST UNIT READY succeeds and REQUEST SENSE tells of
   * none (libburn's test). A background format (key 0) is not waited for.
   *
   * @throws what {@link execute} throws.
   */
  async waitUntilReady(command: FailedCommand & Pick<ChannelCommand, "patience" | "signal">): Promise<void> {
    const deadline = this.#clock.now() + (command.patience ?? timeouts.ready);
    let pause: number = pauses.other.first;
    for (;;) {
      await this.execute({ ...command, cdb: testUnitReady.build({}), isFollowUp: true });
      const length = fixedSense.size;
      const cdb = requestSense.build({ allocationLength: length });
      const sense = parseSense(await this.execute({ ...command, cdb, dataInLength: length, isFollowUp: true }));
      if (!isNotReady(sense)) return;
      if (this.#clock.now() >= deadline) throw senseError(sense, command);
      await this.#pause(pause, command);
      pause = Math.min(2 * pause, pauses.other.longest);
    }
  }

  #send(command: ChannelCommand): Promise<ScsiResult> {
    return answered(command, () => this.#transport.execute(scsiCommand(command)));
  }

  /** Sends one of some commands, and as many of those behind it as the transport takes with it. */
  async #sendFrom(commands: readonly ChannelCommand[], index: number): Promise<readonly ScsiResult[]> {
    const first = commands[index] as ChannelCommand;
    const transport = this.#transport;
    if (transport.executeLinked === undefined || index + 1 === commands.length) return [await this.#send(first)];
    return answered(first, async () => {
      const results = await transport.executeLinked?.(commands.slice(index).map(scsiCommand));
      if (results === undefined || results.length === 0) throw new TypeError("The transport executed no command");
      return results;
    });
  }

  async #pause(milliseconds: number, { signal, ...command }: FailedCommand & Pick<ChannelCommand, "signal">) {
    try {
      await this.#clock.sleep(milliseconds, signal);
    } catch (cause) {
      throw signal?.aborted ? cancelled(command, cause) : cause;
    }
  }
}

/** @throws `CANCELLED` when the command is not wanted any more, `RECORDER_LOST` when there is no answer. */
async function answered<T>(command: ChannelCommand, send: () => Promise<T>): Promise<T> {
  const { signal } = command;
  if (signal?.aborted) throw cancelled(command, signal.reason);
  try {
    return await send();
  } catch (cause) {
    if (MultisessionError.is(cause)) throw cause;
    const { task, subject } = command;
    const message = `The recorder no longer answers; it was to ${task}.`;
    throw new MultisessionError("RECORDER_LOST", message, { subject, oldState: "unknown", cause });
  }
}

function scsiCommand({ cdb, dataOut, dataInLength, timeout = timeouts.command }: ChannelCommand): ScsiCommand {
  // There are 16 for each MiB.
  if (dataOut !== undefined && dataInLength === undefined) return { cdb, timeout, dataOut };
  return { cdb, timeout, ...(dataOut && { dataOut }), ...(dataInLength !== undefined && { dataInLength }) };
}

function withoutData({ dataOut, dataInLength, ...command }: ChannelCommand): ChannelCommand {
  return command;
}

function isNotReady({ key, asc }: SenseData): boolean {
  return key === senseKeys.notReady && asc === 0x04;
}

function takeData({ dataIn }: ScsiResult, { dataInLength }: ChannelCommand): Uint8Array {
  return dataIn === undefined || dataInLength === undefined ? nothing : dataIn.subarray(0, dataInLength);
}

/** The error of a call that was aborted before its next command. */
export function cancelled(
  { task, subject }: Pick<FailedCommand, "task" | "subject">,
  cause: unknown,
): MultisessionError {
  return new MultisessionError("CANCELLED", `It was cancelled before the recorder could ${task}.`, { subject, cause });
}
