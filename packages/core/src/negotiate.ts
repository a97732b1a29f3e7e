import { checkAssessment } from "./check-mechanism.ts";
import type { ErrorCode } from "./error-catalogue.ts";
import { MultisessionError } from "./errors.ts";
import type { FileSystem } from "./file-system.ts";
import type { Assessment, Purpose } from "./intent.ts";
import type { Medium } from "./medium.ts";
import type { IMultisession } from "./multisession.ts";
import { priceOf } from "./plan.ts";
import { descriptorOf, type Unavailable } from "./registry.ts";

/** What is negotiated about. */
export interface NegotiationRequest {
  /** The ones to choose from. */
  readonly mechanisms: readonly IMultisession[];
  /** Plugins that could not be created, for the messages. */
  readonly unavailable?: readonly Unavailable[];
  /** The ones that can render. */
  readonly fileSystems: readonly FileSystem[];
  /** Absent when there is no disc. */
  readonly medium: Medium | undefined;
  /** What the mechanism is wanted for. */
  readonly purpose: Purpose;
}

/** What was said of one pair of mechanism and file system. */
export interface Verdict {
  /** `id` of the mechanism. */
  readonly mechanism: string;
  /** `id` of the file system. */
  readonly fileSystem: string;
  /** The weaker of both answers. */
  readonly assessment: Assessment;
  /** Whether the image uses this pair. */
  readonly isChosen: boolean;
}

/** The outcome of a negotiation. All verdicts stay in it. */
export interface Negotiation {
  /** The chosen one. */
  readonly mechanism: IMultisession;
  /** Those that can be used with it on this disc. */
  readonly fileSystems: readonly FileSystem[];
  /** What was said of every pair. */
  readonly verdicts: readonly Verdict[];
  /** Mechanisms that would have done as well; the id decided. */
  readonly ties: readonly string[];
  /** Plugins that could not be created. */
  readonly unavailable: readonly Unavailable[];
}

/** Every mechanism with every file system, without choosing. @throws `BAD_MULTISESSION_PARAMETER` when a mechanism fails. */
export function assessAll(request: NegotiationRequest): readonly Verdict[] {
  const { medium, purpose } = request;
  if (medium === undefined) return [];
  return byId(request.mechanisms).flatMap((mechanism) => {
    const own = assessClaimed(mechanism, medium, purpose);
    return byId(request.fileSystems).map((fileSystem) => ({
      mechanism: mechanism.id,
      fileSystem: fileSystem.id,
      assessment: combine(own, fileSystem.assess(medium)),
      isChosen: false,
    }));
  });
}

/**
 * Chooses a mechanism and file systems by IMAPI2's rules: exactly one in use that is usable, or none in use and at
 * least one usable. Of several, the best fit wins, then the lowest price, then the id; the order of registration never
 * counts. A mechanism that needs an irreversible preparation is chosen only when it is in use.
 *
 * @throws one distinct code for each failure, with IMAPI2's name: `MULTISESSION_NOT_SET`,
 * `INCOMPATIBLE_MULTISESSION_TYPE`, `MULTISESSION_TWO_IN_USE`, `NO_COMPATIBLE_MULTISESSION_TYPE`,
 * `IMPORT_MEDIA_NOT_ALLOWED`, `IMPORT_SEEK_FAILURE`, `BAD_MULTISESSION_PARAMETER`.
 */
export function negotiate(request: NegotiationRequest): Negotiation {
  const { mechanisms, medium, purpose } = request;
  if (mechanisms.length === 0) throw failure("MULTISESSION_NOT_SET", "The image was given no mechanism.", request);
  for (const value of mechanisms)
    if (!isMechanism(value))
      throw failure(
        "INCOMPATIBLE_MULTISESSION_TYPE",
        `A ${typeof value} was offered as a mechanism; it does not implement IMultisession.`,
        request,
      );
  const marked = mechanisms.filter(isMarked);
  if (marked.length > 1)
    throw failure(
      "MULTISESSION_TWO_IN_USE",
      `${marked.length} mechanisms are marked as in use: ${marked.map(({ id }) => id).join(", ")}.`,
      request,
    );
  if (medium === undefined)
    throw failure(
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      "There is no disc in the recorder, so no mechanism can be chosen.",
      request,
    );
  if (medium.status === "blank" && purpose !== "first" && purpose !== "recover")
    throw failure("IMPORT_SEEK_FAILURE", "The disc is blank: there is no session to continue or to import.", request);
  const verdicts = assessAll(request);
  const [inUse] = marked;
  const chosen = inUse === undefined ? chooseBest(verdicts, request) : takeMarked(inUse, verdicts, request);
  const fileSystems = request.fileSystems.filter(({ id }) =>
    verdicts.some(
      (verdict) =>
        verdict.mechanism === chosen.mechanism.id && verdict.fileSystem === id && isUsable(verdict.assessment),
    ),
  );
  return {
    mechanism: chosen.mechanism,
    fileSystems,
    verdicts: verdicts.map((verdict) => ({
      ...verdict,
      isChosen: verdict.mechanism === chosen.mechanism.id && fileSystems.some(({ id }) => id === verdict.fileSystem),
    })),
    ties: chosen.ties,
    unavailable: request.unavailable ?? [],
  };
}

function isMechanism(value: unknown): value is IMultisession {
  if (typeof value !== "object" || value === null) return false;
  const { id, assess, history, offer, settle } = value as Partial<IMultisession>;
  return typeof id === "string" && [assess, history, offer, settle].every((member) => typeof member === "function");
}

/** Reads the mark; a getter of a stranger may do anything. */
function isMarked(mechanism: IMultisession): boolean {
  let inUse: unknown;
  let cause: unknown;
  try {
    ({ inUse } = mechanism);
  } catch (error) {
    cause = error;
  }
  if (typeof inUse === "boolean") return inUse;
  const what = cause === undefined ? `its inUse is ${String(inUse)}` : "its inUse cannot be read";
  throw new MultisessionError(
    "BAD_MULTISESSION_PARAMETER",
    `The mechanism "${mechanism.id}" makes no sense: ${what}.`,
    {
      subject: mechanism.id,
      cause,
    },
  );
}

function assessClaimed(mechanism: IMultisession, medium: Medium, purpose: Purpose): Assessment {
  const media = descriptorOf(mechanism)?.supports.media;
  if (media !== undefined && !media.includes(medium.kind) && !media.includes("*"))
    return {
      verdict: "unsupported",
      fit: "last-resort",
      reason: `it does not claim ${medium.kind} media${why(medium)}`,
    };
  if (medium.isWriteProtected && purpose !== "import")
    return { verdict: "unsupported", fit: "last-resort", reason: "the medium is write-protected" };
  try {
    return checkAssessment(mechanism.id, mechanism.assess(medium, purpose));
  } catch (cause) {
    if (MultisessionError.is(cause)) throw cause;
    throw new MultisessionError(
      "BAD_MULTISESSION_PARAMETER",
      `The mechanism "${mechanism.id}" failed when it was asked about the disc.`,
      { subject: mechanism.id, cause },
    );
  }
}

function why({ restriction }: Medium): string {
  return restriction === undefined ? "" : `: ${restriction}`;
}

/** The weaker of the two decides. */
function combine(mechanism: Assessment, fileSystem: Assessment): Assessment {
  return fileSystem.verdict === "unsupported" && mechanism.verdict !== "unsupported" ? fileSystem : mechanism;
}

const isUsable = ({ verdict }: Assessment): boolean => verdict !== "unsupported";
const isUsableUntold = (assessment: Assessment): boolean =>
  isUsable(assessment) && assessment.preparation?.isIrreversible !== true;

function takeMarked(
  mechanism: IMultisession,
  verdicts: readonly Verdict[],
  request: NegotiationRequest,
): { mechanism: IMultisession; ties: readonly string[] } {
  const own = verdicts.filter((verdict) => verdict.mechanism === mechanism.id);
  if (own.some(({ assessment }) => isUsable(assessment))) return { mechanism, ties: [] };
  const reason = own[0]?.assessment.reason ?? "no file system is registered";
  throw failure(
    "NO_COMPATIBLE_MULTISESSION_TYPE",
    `The mechanism "${mechanism.id}" is marked as in use, but cannot be used on this disc: ${reason}.`,
    request,
  );
}

const fitRank: Readonly<Record<Assessment["fit"], number>> = { native: 0, usable: 1, "last-resort": 2 };

function chooseBest(
  verdicts: readonly Verdict[],
  request: NegotiationRequest,
): { mechanism: IMultisession; ties: readonly string[] } {
  const usable = verdicts.filter(({ assessment }) => isUsableUntold(assessment));
  if (usable.length === 0) throw noneUsable(verdicts, request);
  const rank = ({ assessment }: Verdict): number =>
    fitRank[assessment.fit] * 1e12 + priceOf(assessment.preparation?.price ?? [], "blocks");
  const best = usable.toSorted((a, b) => rank(a) - rank(b) || (a.mechanism < b.mechanism ? -1 : 1))[0] as Verdict;
  const ties = new Set(
    usable
      .filter((verdict) => rank(verdict) === rank(best) && verdict.mechanism !== best.mechanism)
      .map(({ mechanism }) => mechanism),
  );
  return { mechanism: request.mechanisms.find(({ id }) => id === best.mechanism) as IMultisession, ties: [...ties] };
}

function noneUsable(verdicts: readonly Verdict[], request: NegotiationRequest): MultisessionError {
  const reasons = [...new Map(verdicts.map(({ mechanism, assessment }) => [mechanism, assessment])).entries()];
  const lines = reasons.map(
    ([id, { reason, preparation }]) =>
      `\n  - ${id}: ${reason}${preparation?.isIrreversible ? " (must be asked for by name: its preparation cannot be undone)" : ""}`,
  );
  const missing = (request.unavailable ?? []).map(({ id, cause }) => `\n  - ${id}: unavailable, ${cause.message}`);
  const isReadOnly = request.medium?.isWriteProtected === true;
  const code = isReadOnly ? "IMPORT_MEDIA_NOT_ALLOWED" : "NO_COMPATIBLE_MULTISESSION_TYPE";
  return failure(
    code,
    `No mechanism can be used on this ${request.medium?.kind ?? ""} disc for "${request.purpose}":${lines.join("")}${missing.join("")}`,
    request,
  );
}

function byId<T extends { readonly id: string }>(values: readonly T[]): readonly T[] {
  return values.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function failure(code: ErrorCode, message: string, { medium }: NegotiationRequest): MultisessionError {
  return new MultisessionError(code, message, { subject: medium?.kind ?? "no disc" });
}
