import type { Parameters } from "./negotiation.ts";

/** What is said to one key. */
interface KeyOutcome {
  /** The value that is sent back; a declaration is not answered. */
  readonly reply?: string;
  /** What was agreed with it. */
  readonly agreed?: Partial<Parameters>;
}

/** How one key of RFC 7143, 13, is answered. */
export interface Key {
  /** It may be declared in the full feature phase too. */
  readonly isDeclaredAnytime: boolean;
  /** Answers a value of the initiator. */
  answer(value: string): KeyOutcome;
}

/** Longest data segment before anything was agreed (RFC 7143, 13.12). */
export const LOGIN_DATA_BYTES = 8192;
/** Longest data segment that we take; declared as MaxRecvDataSegmentLength. */
export const RECEIVED_DATA_BYTES = 262_144;
/** Most commands that may be under way: the window behind ExpCmdSN. */
export const COMMAND_WINDOW = 32;
/** We have one portal group (RFC 7143, 13.9). */
export const PORTAL_GROUP = 1;

const LARGEST_LENGTH = 2 ** 24 - 1;
const rejected: KeyOutcome = { reply: "Reject" };

type Agreed = (value: number) => Partial<Parameters>;
const nothing: Agreed = () => ({});

/** The initiator says something of itself; there is no answer. */
const declaration = (isDeclaredAnytime = false): Key => ({ isDeclaredAnytime, answer: () => ({}) });

/** A choice from a list in the order of the initiator's preference; the first that we know is taken (RFC 7143, 6.2.1). */
function oneOf(known: readonly string[], agreed: (value: string) => Partial<Parameters> = () => ({})): Key {
  return {
    isDeclaredAnytime: false,
    answer(value) {
      const reply = value.split(",").find((offer) => known.includes(offer));
      return reply === undefined ? rejected : { reply, agreed: agreed(reply) };
    },
  };
}

/** A number, of which the smaller or larger one counts (RFC 7143, 6.2.2). */
function number(
  { low, high, ours, choose }: { low: number; high: number; ours: number; choose: (...of: number[]) => number },
  agreed: Agreed = nothing,
): Key {
  return {
    isDeclaredAnytime: false,
    answer(text) {
      const value = parseNumber(text);
      if (value === undefined || value < low || value > high) return rejected;
      const result = choose(value, ours);
      return { reply: String(result), agreed: agreed(result) };
    },
  };
}

/** Yes or No: the result is the one and the other, or the one or the other (RFC 7143, 6.2.2). */
function yesNo(
  ours: boolean,
  combine: "and" | "or",
  agreed: (value: boolean) => Partial<Parameters> = () => ({}),
): Key {
  return {
    isDeclaredAnytime: false,
    answer(text) {
      if (text !== "Yes" && text !== "No") return rejected;
      const theirs = text === "Yes";
      const result = combine === "and" ? theirs && ours : theirs || ours;
      return { reply: result ? "Yes" : "No", agreed: agreed(result) };
    },
  };
}

/** Longest data segment of the initiator: a declaration, valid from the next PDU on (RFC 7143, 13.12). */
const receivedByInitiator: Key = {
  isDeclaredAnytime: true,
  answer(text) {
    const value = parseNumber(text);
    if (value === undefined || value < 512 || value > LARGEST_LENGTH) return rejected;
    return { agreed: { initiatorDataBytes: value } };
  },
};

/** A key that was taken out of the protocol, with the answer that it still gets (RFC 7143, 13.25). */
const obsolete = (reply: string): Key => ({ isDeclaredAnytime: false, answer: () => ({ reply }) });

/** Numbers are decimal, or hexadecimal behind `0x` (RFC 7143, 6.1). */
function parseNumber(text: string): number | undefined {
  return /^(?:\d{1,10}|0[xX][0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : undefined;
}

const { min, max } = Math;
const length = { low: 512, high: LARGEST_LENGTH, choose: min } as const;

/** Every key of RFC 7143, 13, but those of authentication and SendTargets, which the login and discovery answer. */
export const keys: ReadonlyMap<string, Key> = new Map<string, Key>([
  ["InitiatorName", declaration()],
  ["InitiatorAlias", declaration(true)],
  ["TargetName", declaration()],
  ["SessionType", declaration()],
  ["HeaderDigest", oneOf(["CRC32C", "None"], (value) => ({ headerDigest: value === "CRC32C" }))],
  ["DataDigest", oneOf(["CRC32C", "None"], (value) => ({ dataDigest: value === "CRC32C" }))],
  ["MaxConnections", number({ low: 1, high: 65_535, ours: 1, choose: min })],
  ["InitialR2T", yesNo(false, "or", (initialR2T) => ({ initialR2T }))],
  ["ImmediateData", yesNo(true, "and", (immediateData) => ({ immediateData }))],
  ["MaxRecvDataSegmentLength", receivedByInitiator],
  ["MaxBurstLength", number({ ...length, ours: 1_048_576 }, (maxBurstBytes) => ({ maxBurstBytes }))],
  ["FirstBurstLength", number({ ...length, ours: 262_144 }, (firstBurstBytes) => ({ firstBurstBytes }))],
  ["DefaultTime2Wait", number({ low: 0, high: 3600, ours: 2, choose: max })],
  ["DefaultTime2Retain", number({ low: 0, high: 3600, ours: 0, choose: min })],
  [
    "MaxOutstandingR2T",
    number({ low: 1, high: 65_535, ours: 1, choose: min }, (maxOutstandingR2T) => ({ maxOutstandingR2T })),
  ],
  ["DataPDUInOrder", yesNo(true, "or")],
  ["DataSequenceInOrder", yesNo(true, "or")],
  ["ErrorRecoveryLevel", number({ low: 0, high: 2, ours: 0, choose: min })],
  ["TaskReporting", oneOf(["RFC3720"])],
  ["iSCSIProtocolLevel", number({ low: 0, high: 31, ours: 1, choose: min })],
  ["IFMarker", obsolete("No")],
  ["OFMarker", obsolete("No")],
  ["IFMarkInt", obsolete("Reject")],
  ["OFMarkInt", obsolete("Reject")],
]);
