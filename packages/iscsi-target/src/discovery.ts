import { PORTAL_GROUP } from "./keys.ts";
import type { TextPairs } from "./text-keys.ts";

/** Where a target is. */
export interface Portal {
  /** iSCSI name of the target. */
  readonly targetName: string;
  /** Address as the initiator reached it, such as `127.0.0.1:3260` or `[::1]:3260`. */
  readonly address: string;
}

/**
 * What SendTargets tells (RFC 7143, appendix C): all targets, one by its name, or, in a session with a target, that one.
 */
export function discoveryPairs(wanted: string, isDiscovery: boolean, { targetName, address }: Portal): TextPairs {
  if (wanted === "All" && !isDiscovery) return [["SendTargets", "Reject"]];
  const isOurs = wanted === "All" || wanted.toLowerCase() === targetName || (wanted === "" && !isDiscovery);
  if (!isOurs) return [];
  return [
    ["TargetName", targetName],
    ["TargetAddress", `${address},${PORTAL_GROUP}`],
  ];
}
