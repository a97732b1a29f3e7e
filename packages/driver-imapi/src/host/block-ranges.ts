import type { Com } from "../com/com.ts";
import type { ComServer, FaceOf } from "../com/com-server.ts";
import { dualFace } from "../com/dispatch.ts";
import { blockRangeIds, blockRangeListIds, iBlockRange, iBlockRangeList } from "../interfaces/format.ts";
import type { SpoolRun } from "./spool.ts";

/** The interface by which a stream says which ranges of the disc are to be recorded, and in which order. */
export function blockRangeFace(com: Com, server: ComServer, runs: readonly SpoolRun[]): FaceOf {
  const rangeOf = ({ at, blocks }: SpoolRun): bigint =>
    server.serve(
      dualFace(com, iBlockRange, blockRangeIds, { get_StartLba: () => at, get_EndLba: () => at + blocks - 1 }),
    ).pointer;
  return dualFace(com, iBlockRangeList, blockRangeListIds, { get_BlockRanges: () => runs.map(rangeOf) });
}
