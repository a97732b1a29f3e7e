import { type ErrorCode, type ErrorDetails, type Lba, MultisessionError } from "@multisession/core";
import { type SenseData, senseKeys, senseOf } from "./sense.ts";
import { describeSense } from "./sense-words.ts";

/** What a command is for; the same sense data means different things for different purposes. */
export type CommandPurpose =
  | "inspect"
  | "read"
  | "write"
  | "flush"
  | "prepare"
  | "reserve"
  | "repair"
  | "close"
  | "reload";

/** The command that failed, as an error must tell it. */
export interface FailedCommand {
  /** What it was for. */
  readonly purpose: CommandPurpose;
  /** What the recorder was to do, to follow “could not”: `write 32 blocks at block 64`. */
  readonly task: string;
  /** The disc and the drive: the recorder's URI. */
  readonly subject: string;
  /** First block that is concerned. */
  readonly at?: Lba;
  /** First block behind the last one that is concerned. */
  readonly end?: Lba;
  /** Addressable blocks of the medium, where they are known. */
  readonly capacity?: number;
  /** The medium was closed for good when it was looked at last. */
  readonly isClosedForGood?: boolean;
  /** Whether what was on the disc before is still there as it was. */
  readonly oldState?: "intact" | "unknown";
}

/** One line of the mapping. What it leaves out matches everything. */
interface Rule {
  readonly purposes?: readonly CommandPurpose[];
  readonly key?: number;
  readonly asc?: number;
  readonly ascq?: number;
  readonly applies?: (command: FailedCommand) => boolean;
  readonly code: ErrorCode;
  readonly details?: Pick<ErrorDetails, "advice" | "retry">;
}

const writing: readonly CommandPurpose[] = ["write", "flush"];
const changing: readonly CommandPurpose[] = ["write", "flush", "prepare", "reserve", "repair", "close"];
const reachesBeyond = ({ end, capacity }: FailedCommand) =>
  end !== undefined && capacity !== undefined && end > capacity;
const moved = { advice: "Look at the disc again and make a new plan.", retry: "after-change" } as const;

/** Sense data to core's codes; the first rule that matches counts (MMC; codes of pseudo-overwrite are unconfirmed). */
const rules: readonly Rule[] = [
  { key: senseKeys.notReady, asc: 0x3a, code: "NO_MEDIUM" },
  // Some drives call a finalized disc write-protected.
  {
    purposes: changing,
    key: senseKeys.dataProtect,
    applies: ({ isClosedForGood }) => isClosedForGood === true,
    code: "DISC_CLOSED",
  },
  { key: senseKeys.dataProtect, code: "WRITE_PROTECTED" },
  // Only what is said of the place that was read: a drive that is not ready, or gave a command up, says nothing of the disc.
  ...[senseKeys.medium, senseKeys.illegalRequest, senseKeys.blankCheck].map(
    (key): Rule => ({ purposes: ["read"], key, code: "READ_FAILED" }),
  ),
  // Hardware errors with which drives give up on a damaged place: no seek complete, track following, positioning.
  ...[0x02, 0x09, 0x15].map((asc): Rule => ({ purposes: ["read"], key: senseKeys.hardware, asc, code: "READ_FAILED" })),
  // Pseudo-overwrite without a place, a map entry or an update left. No capture of a real drive is known.
  { purposes: writing, key: senseKeys.illegalRequest, asc: 0x55, ascq: 0x03, code: "RESOURCES_EXHAUSTED" },
  { purposes: writing, key: senseKeys.medium, asc: 0x32, ascq: 0x01, code: "RESOURCES_EXHAUSTED" },
  // The areas in which a disc keeps its calibrations and its tracks are full: it takes no more sessions.
  ...[0x02, 0x05, 0x11, 0x17].map(
    (ascq): Rule => ({ purposes: changing, key: senseKeys.medium, asc: 0x73, ascq, code: "RESOURCES_EXHAUSTED" }),
  ),
  { purposes: ["write"], key: senseKeys.illegalRequest, asc: 0x63, code: "DISC_FULL" },
  {
    purposes: ["write"],
    key: senseKeys.illegalRequest,
    asc: 0x21,
    ascq: 0x00,
    applies: reachesBeyond,
    code: "DISC_FULL",
  },
  { purposes: ["write"], key: senseKeys.illegalRequest, asc: 0x21, code: "WRITE_FAILED", details: moved },
  { purposes: changing, key: senseKeys.illegalRequest, asc: 0x30, code: "NOT_WRITABLE" },
  { purposes: ["write"], key: senseKeys.illegalRequest, asc: 0x64, code: "NOT_WRITABLE" },
  { purposes: writing, code: "WRITE_FAILED" },
  { purposes: ["prepare", "reserve", "repair", "close"], key: senseKeys.medium, code: "WRITE_FAILED" },
  { purposes: ["prepare", "reserve", "repair", "close"], key: senseKeys.hardware, code: "WRITE_FAILED" },
  { key: senseKeys.illegalRequest, code: "COMMAND_FAILED", details: { retry: "no" } },
];

function ruleFor(sense: SenseData, command: FailedCommand): Rule | undefined {
  return rules.find(
    ({ purposes, key, asc, ascq, applies }) =>
      (purposes?.includes(command.purpose) ?? true) &&
      (key ?? sense.key) === sense.key &&
      (asc ?? sense.asc) === sense.asc &&
      (ascq ?? sense.ascq) === sense.ascq &&
      (applies?.(command) ?? true),
  );
}

/**
 * The error for people of a command that ended with sense data.
 *
 * A deferred error is about data that was accepted earlier, so it is `WRITE_FAILED` whatever met it.
 */
export function senseError(sense: SenseData, command: FailedCommand): MultisessionError {
  const { subject, task, oldState } = command;
  const common = { subject, sense: senseOf(sense), ...(oldState && { oldState }) };
  const where = sense.at === undefined || sense.at === command.at ? "" : `, at block ${sense.at}`;
  if (sense.isDeferred) {
    const message = `The recorder failed to put on the disc what it had accepted${where}: ${describeSense(senseOf(sense))}.`;
    return new MultisessionError("WRITE_FAILED", message, { ...common, oldState: "unknown" });
  }
  const rule = ruleFor(sense, command);
  const message = `The recorder could not ${task}${where}: ${describeSense(senseOf(sense))}.`;
  return new MultisessionError(rule?.code ?? "COMMAND_FAILED", message, { ...common, ...rule?.details });
}
