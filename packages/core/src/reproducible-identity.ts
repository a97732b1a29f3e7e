import { createHash } from "node:crypto";
import type { History } from "./history.ts";
import type { NextIdentity } from "./next-identity.ts";
import type { Fixed } from "./plan.ts";

/**
 * Time and identity of a session that come from its input alone: the same tree on a disc in the same state gives the same
 * bytes. What is on the disc counts, so that a disc that is begun anew with an old tree gets another life, and no session
 * of the old one is taken for its own. `shown`: digest of the tree that the session shows, empty where it shows none.
 *
 * The content of files does not count, which nobody has read yet: whoever gives a source date says that equal names,
 * sizes and times mean equal files.
 */
export function reproducibleIdentity(
  sourceDate: number,
  { states }: Pick<History, "states">,
  { life, sequence }: NextIdentity,
  shown: string,
): Fixed {
  const disc = states.map(({ start, digest, record }) => [
    start,
    digest,
    record?.life,
    record?.sequence,
    record?.nonce,
  ]);
  const input = JSON.stringify([sourceDate, shown, disc]);
  const digits = (what: string): string => createHash("sha256").update(`${what}\0${input}`).digest("hex");
  return { time: sourceDate, life: life ?? digits("life").slice(0, 32), sequence, nonce: digits("nonce").slice(0, 16) };
}
