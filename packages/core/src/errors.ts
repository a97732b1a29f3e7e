import { type CatalogueEntry, catalogue, type ErrorCode, type Retry } from "./error-catalogue.ts";

const brand: symbol = Symbol.for("@multisession/core/error");

/** What IMAPI2 calls the same failure. */
export interface ImapiName {
  /** The symbol in IMAPI2's headers. */
  readonly name: string;
  /** Unsigned 32-bit HRESULT. */
  readonly hresult: number;
}

/** Sense data of the command that failed: key, additional code and qualifier (SPC). */
export interface Sense {
  /** Sense key, 0 to 15. */
  readonly key: number;
  /** Additional sense code. */
  readonly asc: number;
  /** Additional sense code qualifier. */
  readonly ascq: number;
  /** Block named by the drive, when it named one. */
  readonly at?: number;
}

/** What an error can carry beside its message. Everything left out comes from the catalogue. */
export interface ErrorDetails {
  /** Which disc, drive, file or plugin it is about. */
  readonly subject: string;
  /** What to do; the catalogue's without it. */
  readonly advice?: string;
  /** Whether trying again makes sense; the catalogue's without it. */
  readonly retry?: Retry;
  /** Whether what was on the disc before is still there as it was. */
  readonly oldState?: "intact" | "unknown";
  /** IMAPI2's name for it, where it is not the catalogue's: it was IMAPI2 that failed. */
  readonly imapi?: ImapiName;
  /** What the drive said. */
  readonly sense?: Sense;
  /** The error behind this one. */
  readonly cause?: unknown;
}

/** The error of everything that can fail at run time. Mistakes of the programmer are `TypeError`. */
export class MultisessionError extends Error {
  /** Stable within a major version; third parties use `<plugin-id>/<code>`. */
  readonly code: ErrorCode | `${string}/${string}`;
  /** Which disc, drive, file or plugin it is about. */
  readonly subject: string;
  /** What to do, for people. */
  readonly advice: string;
  /** Whether trying again makes sense: with the same disc, with another, after a change, or not at all. */
  readonly retry: Retry;
  /** Whether what was on the disc before is still there as it was. */
  readonly oldState: "intact" | "unknown";
  /** IMAPI2's name for it, where it has one. */
  readonly imapi?: ImapiName;
  /** What the drive said, when it was a drive that failed. */
  readonly sense?: Sense;

  constructor(code: ErrorCode | `${string}/${string}`, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const entry = (catalogue as Readonly<Record<string, CatalogueEntry | undefined>>)[code];
    this.name = "MultisessionError";
    this.code = code;
    this.subject = details.subject;
    this.advice = details.advice ?? entry?.advice ?? "";
    this.retry = details.retry ?? entry?.retry ?? "no";
    this.oldState = details.oldState ?? "intact";
    const imapi = details.imapi ?? entry?.imapi;
    if (imapi !== undefined) this.imapi = imapi;
    if (details.sense !== undefined) this.sense = details.sense;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is such an error, also one of another copy of this package. */
  static is(value: unknown): value is MultisessionError {
    return typeof value === "object" && value !== null && brand in value;
  }

  /** A plain object for JSON output: everything but the stack. */
  toJSON(): Record<string, unknown> {
    const { code, message, subject, advice, retry, oldState, imapi, sense } = this;
    return { code, message, subject, advice, retry, oldState, ...(imapi && { imapi }), ...(sense && { sense }) };
  }
}
