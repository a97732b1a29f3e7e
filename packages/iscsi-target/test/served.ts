import { createVirtualRecorder, type VirtualRecorder } from "@multisession/driver-virtual";
import { onTestFinished } from "vitest";
import { IscsiTarget, type IscsiTargetOptions } from "../src/index.ts";

/** A target with formatted DVD+RW discs, on a free port, for one test. */
export async function served(
  options: IscsiTargetOptions = {},
  drives = 1,
): Promise<{ readonly target: IscsiTarget; readonly port: number; readonly recorders: readonly VirtualRecorder[] }> {
  const recorders = Array.from({ length: drives }, () =>
    createVirtualRecorder({ medium: "dvd+rw", capacity: 100_000, formatted: true }),
  );
  const target = new IscsiTarget(recorders, options);
  const { port } = await target.listen({ port: 0 });
  onTestFinished(() => target.close());
  return { target, port, recorders };
}
