import type { Burner, BurnerDisc } from "./burner.ts";

/** What a program does with a disc, in the columns of the table. */
export const columns = ["first", "append", "mount", "ours", "close"] as const;
/** One of {@link columns}. */
export type Column = (typeof columns)[number];

/** Something that is not to be had from a program, and why. Everything else must be. */
interface Exception {
  readonly burner: RegExp;
  readonly disc: RegExp;
  readonly columns: readonly Column[];
  /** The session is recorded all the same. */
  readonly isRecorded?: true;
  readonly reason: string;
}

const exceptions: readonly Exception[] = [
  {
    burner: /^xorriso$/,
    disc: /^bd-r-pow$/,
    columns: ["first", "append", "ours", "close"],
    reason:
      "xorriso does not write to such a disc, and says so: “May not write to Pseudo Overwrite formatted BD-R medium”. Nor does it look for sessions on it; the kernel mounts them.",
  },
  {
    burner: /^growisofs$/,
    disc: /^bd-r$/,
    columns: ["close"],
    isRecorded: true,
    reason:
      "growisofs closes the sessions of a BD-R and never the disc, whatever it is told. What it appended is there.",
  },
  {
    burner: /^growisofs$/,
    disc: /^(dvd-r|dvd\+r|dvd\+r-dl)$/,
    columns: ["close"],
    isRecorded: true,
    reason:
      "With `-dvd-compat` growisofs closes such a disc only with its first session; appending, it tells the drive that more may follow. What it appended is there.",
  },
  {
    burner: /^wodim-sao$/,
    disc: /^cd-rw?$/,
    columns: ["append", "close"],
    reason:
      "wodim sends the cue sheet of a first session, from block 0, also for a later one; a drive refuses it (5/26/02). With `-tao` it appends.",
  },
];

/** Why a program cannot do it with this disc; nothing when it can. */
export function exceptionFor(burner: Burner, disc: BurnerDisc, column: Column): string | undefined {
  return find(burner, disc, column)?.reason;
}

/** Whether the session of a column gets onto the disc. */
export function isRecorded(burner: Burner, disc: BurnerDisc, column: "first" | "append" | "close"): boolean {
  const exception = find(burner, disc, column);
  return exception === undefined || exception.isRecorded === true;
}

function find(burner: Burner, { kind }: BurnerDisc, column: Column): Exception | undefined {
  return exceptions.find(
    (exception) =>
      exception.burner.test(burner.id) && exception.disc.test(kind.id) && exception.columns.includes(column),
  );
}
