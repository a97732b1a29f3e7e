import { BLOCK_BYTES, blocksOf, type Lba, roundUp } from "@multisession/core";
import { bdR } from "../media/bd-r.ts";
import { bdRe } from "../media/bd-re.ts";
import { apply, MediumState } from "../medium-state.ts";
import { findSessions, type SessionsFound } from "./session-starts.ts";

/** A file without a whole block. */
const nothing: SessionsFound = { lie: "apart", starts: [] };

/**
 * What the blocks alone can be taken for: a complete write-once disc of the sessions that are found in them, or a disc that
 * is overwritten in place, whose head leads to its sessions.
 */
export async function dataOnly(path: string, bytes: number): Promise<MediumState> {
  const { unit } = bdR;
  const blocks = Math.max(unit, roundUp(blocksOf(bytes), unit));
  const found = bytes < BLOCK_BYTES ? nothing : await findSessions(path, blocks);
  if (found.lie === "chained") return new MediumState(bdRe, blocks, "formatted", blocks);
  const state = new MediumState(bdR, blocks, "unformatted", blocks);
  if (found.starts.length > 0) {
    const [, ...later] = found.starts;
    for (const next of later) closeAt(state, next);
    apply(state, { is: "append", track: state.tracks.length, next: blocks });
    apply(state, { is: "close-session" });
  }
  apply(state, { is: "finalize" });
  return state;
}

/** The table is that of a BD-R, but no session has to end at the end of a cluster. */
function closeAt(state: MediumState, next: Lba): void {
  const track = state.tracks.length;
  apply(state, { is: "append", track, next });
  apply(state, { is: "close-track", track });
  apply(state, { is: "close-session" });
}
