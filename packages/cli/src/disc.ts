import { type Disc, openDisc } from "@multisession/file-system-image";
import type { Context } from "./context.ts";

/** Opens the disc in a recorder for as long as `work` takes. */
export function withDisc<T>(context: Context, device: string, work: (disc: Disc) => Promise<T>): Promise<T> {
  return context.withRecorder(device, async (recorder, plugins) =>
    work(await openDisc(recorder, plugins, { signal: context.signal })),
  );
}
