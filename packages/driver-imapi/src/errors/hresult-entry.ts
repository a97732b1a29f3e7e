import { catalogue, type ErrorCode, type Retry } from "@multisession/core";

/** What an HRESULT means to us. */
export interface HresultEntry {
  /** The symbol in the headers of Windows. */
  readonly name: string;
  /** Unsigned. */
  readonly hresult: number;
  /** What happened, one sentence. */
  readonly meaning: string;
  /** One of core's codes where there is one for it, `imapi/…` otherwise. */
  readonly code: ErrorCode | `imapi/${string}`;
  /** What to do, for people. */
  readonly advice: string;
  /** Whether trying again makes sense. */
  readonly retry: Retry;
}

/** What to do about the errors of a group that have no code of core. */
export interface GroupAdvice {
  readonly advice: string;
  readonly retry: Retry;
}

/** One error: low 16 bits, symbol without the group's prefix, meaning, and what differs from the group. */
export type Row = readonly [
  low: number,
  name: string,
  meaning: string,
  own?: { readonly code?: ErrorCode; readonly advice?: string; readonly retry?: Retry },
];

/** The entries of a group of symbols with one prefix. `high`: the upper 16 bits. */
export function group(
  prefix: string,
  high: number,
  otherwise: GroupAdvice,
  rows: readonly Row[],
): readonly HresultEntry[] {
  return rows.map(([low, name, meaning, own = {}]) => {
    const known = own.code === undefined ? otherwise : catalogue[own.code];
    return {
      name: prefix + name,
      hresult: ((high << 16) | low) >>> 0,
      meaning,
      code: own.code ?? ownCode(prefix + name),
      advice: own.advice ?? known.advice,
      retry: own.retry ?? known.retry,
    };
  });
}

/** `E_IMAPI_RECORDER_NO_SUCH_FEATURE` → `imapi/recorder-no-such-feature`. */
function ownCode(name: string): `imapi/${string}` {
  return `imapi/${name
    .replace(/^(E_IMAPI|IMAPI_E)_/, "")
    .toLowerCase()
    .replaceAll("_", "-")}`;
}
