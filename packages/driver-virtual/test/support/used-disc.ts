import { createMedium, createVirtualRecorder, type DiscOptions, type StateRecord } from "../../src/index.ts";
import { Initiator } from "./initiator.ts";

/** A recorder with a disc that is as if these things had been done to it. No block is written, so that any size is cheap. */
export function usedDisc(options: DiscOptions, ...records: readonly StateRecord[]): Initiator {
  const store = createMedium(options);
  store.commit(
    records.map((record) => ({ record })),
    true,
  );
  return new Initiator(createVirtualRecorder({ ...options, store }));
}

/** A track that is recorded up to there, and closed. */
export function closedTrack(track: number, next: number): readonly StateRecord[] {
  return [
    { is: "append", track, next },
    { is: "close-track", track },
  ];
}

/** A session of one such track. */
export function closedSession(track: number, next: number): readonly StateRecord[] {
  return [...closedTrack(track, next), { is: "close-session" }];
}
