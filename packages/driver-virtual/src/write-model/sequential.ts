import { BLOCK_BYTES } from "@multisession/core";
import { isWritable } from "../medium-state.ts";
import type { WriteModel } from "./write-model.ts";

/** Only at the next writable address of an open track (MMC, WRITE on sequential media). */
export const sequential: WriteModel = {
  admit(disc, at, data) {
    const { state, table } = disc;
    const number = state.trackAt(at);
    const track = state.tracks[number - 1];
    if (track === undefined || !isWritable(track) || track.next !== at) return { ...table.senses.notWritable, at };
    if (at + data.length / BLOCK_BYTES > track.start + track.size) return { ...table.senses.endOfTrack, at };
    return () => disc.append(number, data);
  },
  received: (_disc, _at, received) => received,
};
