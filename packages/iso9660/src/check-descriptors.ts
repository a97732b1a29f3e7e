import { blocksOf, type StateRef } from "@multisession/core";
import { NO_BLOCK } from "./both-endian.ts";
import type { DescriptorSet, PlacedDescriptor } from "./descriptor-set.ts";
import type { Findings } from "./findings.ts";

/** Notes what is wrong with the descriptors of a volume, as far as they tell it themselves: nothing is read for that. */
export function noteDescriptors(set: DescriptorSet, state: StateRef, findings: Findings): void {
  const { primary, joliet, enhanced, brokenOffAt } = set;
  for (const descriptor of [primary, joliet, enhanced]) {
    if (descriptor === undefined) continue;
    const { block, differing } = descriptor;
    if (differing.length > 0)
      findings.add(block, `The two halves of a number in a volume descriptor differ: ${differing.join(", ")}.`);
    notePathTable(descriptor, state, findings);
  }
  if (primary.volumeBlocks === 0) findings.add(primary.block, "The volume says that it has no blocks.");
  if (brokenOffAt !== undefined && brokenOffAt < NO_BLOCK)
    findings.add(brokenOffAt, "The volume descriptors end here without a terminator.");
}

/** Reading needs no path table, but other programs may. */
function notePathTable({ block, pointers }: PlacedDescriptor, { start, end }: StateRef, findings: Findings): void {
  const { pathTableL, pathTableM, pathTableBytes } = pointers;
  if (pathTableBytes === 0 || pathTableL === 0 || pathTableM === 0) {
    findings.add(block, "A volume descriptor names no path table; it is not needed to read the disc here.");
    return;
  }
  const last = Math.max(pathTableL, pathTableM) + blocksOf(pathTableBytes);
  if (end > start && last > end)
    findings.add(block, `A path table ends at block ${last - 1}, behind the end of the volume.`);
}
