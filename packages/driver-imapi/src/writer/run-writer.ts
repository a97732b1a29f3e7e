import type { CallOptions } from "@multisession/core";
import type { WriteJob, WriteOutcome, WriteProgress } from "../host/data-writer.ts";
import type { HostProcess } from "../host-process.ts";

/**
 * Has IMAPI2's writer do one job; an aborted signal stops it as soon as IMAPI2 takes that.
 *
 * @throws what `onProgress` throws, after the write was stopped for it, and the codes of IMAPI2's failures.
 */
export async function runWriter(
  host: HostProcess,
  job: WriteJob,
  onProgress: (progress: WriteProgress) => void,
  { signal }: CallOptions,
): Promise<WriteOutcome> {
  signal?.throwIfAborted();
  const cancel = (): void => void host.calls.cancelWrite().catch(() => {}); // the write itself tells what became of it
  let fault: { readonly reason: unknown } | undefined;
  const silence = host.listen((event) => {
    if (event.type !== "write" || fault !== undefined) return;
    try {
      onProgress(event);
    } catch (reason) {
      fault = { reason };
      cancel();
    }
  });
  signal?.addEventListener("abort", cancel);
  let outcome: WriteOutcome;
  try {
    outcome = await host.calls.write(job);
  } catch (error) {
    throw fault === undefined ? error : fault.reason;
  } finally {
    signal?.removeEventListener("abort", cancel);
    silence();
  }
  if (fault !== undefined) throw fault.reason;
  return outcome;
}
