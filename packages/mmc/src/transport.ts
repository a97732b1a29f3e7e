/** One SCSI command as an initiator sends it. */
export interface ScsiCommand {
  /** Command descriptor block: 6, 10, 12 or 16 bytes. */
  readonly cdb: Uint8Array;
  /** Data for the device. Never together with `dataInLength`. */
  readonly dataOut?: Uint8Array;
  /** Most bytes that the initiator takes from the device. */
  readonly dataInLength?: number;
  /** After so long the transport gives up; milliseconds. */
  readonly timeout?: number;
}

/** What the device answers. */
export interface ScsiResult {
  /** `check-condition`: the sense data says why the command was not carried out, or what was remarkable. */
  readonly status: "good" | "check-condition";
  /** Fixed-format sense data (SPC, 18 bytes), present exactly with `check-condition`. */
  readonly sense?: Uint8Array;
  /** Data from the device, at most `dataInLength` bytes. */
  readonly dataIn?: Uint8Array;
}

/** The device's side: whatever executes commands. Never throws for a command that is refused: that is a `check-condition`. */
export interface ScsiTarget {
  /** Executes one command. Rejects only when there is no answer: no power, no cable, a time-out. */
  execute(command: ScsiCommand): Promise<ScsiResult>;
}

/** The initiator's side: a way to one device. */
export interface ScsiTransport extends ScsiTarget {
  /** For people: `virtual recorder`, a device path, a drive letter. */
  readonly name: string;
  /** Most bytes of data in one command. */
  readonly maxTransferBytes: number;
  /**
   * Executes commands one after another, each only when the one before it was `good`, as SCSI-2's linked commands. Where the way
   * to the device is long it is gone once for all of them. Stops behind the first that is not `good`, and may stop before all are
   * done so that its caller can look whether they are still wanted.
   *
   * @returns the results of the commands that were executed: at least the first one's.
   */
  executeLinked?(commands: readonly ScsiCommand[]): Promise<readonly ScsiResult[]>;
  /** Releases the device; idempotent. */
  close(): Promise<void>;
}
