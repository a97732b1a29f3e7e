import { IscsiTarget } from "@multisession/iscsi-target";
import type { ScsiTarget } from "@multisession/mmc";

/** Drives that a guest can be given. */
export interface ServedDrives {
  /** One `iscsi://` address for each drive. */
  readonly addresses: readonly string[];
  /** Ends the connections; what a drive or the target had to say of a fault is thrown. */
  close(): Promise<void>;
}

/** Serves drives on the loopback: the target that users start with `multisession serve`. */
export async function serveDrives(drives: readonly ScsiTarget[]): Promise<ServedDrives> {
  const faults: unknown[] = [];
  const target = new IscsiTarget(drives, { onFailure: (error) => faults.push(error) });
  const { text } = await target.listen({ port: 0 });
  return {
    addresses: drives.map((_, unit) => `iscsi://${text}/${target.name}/${unit}`),
    async close() {
      await target.close();
      if (faults.length > 0) throw new AggregateError(faults, "A drive or its target failed.");
    },
  };
}
