import type { Com } from "../com/com.ts";
import type { ComServer } from "../com/com-server.ts";
import { dualFace } from "../com/dispatch.ts";
import { advise } from "../com/event-sink.ts";
import { classIds } from "../interfaces/class-ids.ts";
import { dDiscFormat2EraseEvents, formatEventIds, iDiscFormat2Erase } from "../interfaces/format.ts";
import type { RecorderObject } from "./devices.ts";

/** Progress of an erase, in seconds as IMAPI2 estimates them. */
export interface EraseProgress {
  /** Since it began. */
  readonly elapsedSeconds: number;
  /** Estimate for all of it. */
  readonly totalSeconds: number;
}

/** Blanks the disc in a drive. @throws ComError */
export async function eraseDisc(
  com: Com,
  server: ComServer,
  recorder: RecorderObject,
  { client, full }: { readonly client: string; readonly full: boolean },
  tell: (progress: EraseProgress) => void,
): Promise<void> {
  using eraser = com.create(classIds.formatErase, iDiscFormat2Erase);
  await eraser.callAsync("put_Recorder", recorder);
  await eraser.callAsync("put_ClientName", client);
  await eraser.callAsync("put_FullErase", full);
  const sink = server.serve(
    dualFace(com, dDiscFormat2EraseEvents, formatEventIds, {
      Update: (_eraser, elapsedSeconds, totalSeconds) => tell({ elapsedSeconds, totalSeconds }),
    }),
  );
  const unadvise = advise(com, eraser, dDiscFormat2EraseEvents, sink);
  try {
    await eraser.callAsync("EraseMedia");
  } finally {
    unadvise();
    sink.release();
  }
}
