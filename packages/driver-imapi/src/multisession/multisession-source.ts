import type { CallOptions, DiscReader } from "@multisession/core";
import type { DriveMechanism, MultisessionProperty } from "../host/multisession-objects.ts";

/** A recorder whose drive has IMAPI2's multisession objects. */
export interface MultisessionSource {
  /** Asks one of them for a property, by IMAPI2's name. @throws the codes of IMAPI2's failures. */
  multisessionProperty(
    mechanism: DriveMechanism,
    property: MultisessionProperty,
    options?: CallOptions,
  ): Promise<number | boolean>;
}

/** Whether a recorder is one of this package's drives, also of another copy of it. */
export function isMultisessionSource(source: DiscReader): source is DiscReader & MultisessionSource {
  return "multisessionProperty" in source && typeof source.multisessionProperty === "function";
}
