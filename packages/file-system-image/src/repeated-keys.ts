import type { CallOptions } from "@multisession/core";
import type { ImageDirectory } from "./nodes.ts";
import { TimeSlices } from "./time-slices.ts";

/**
 * Keys that more than one source of an image has: only these can be one file under several names. To remember all others
 * would take 60 bytes for each of a million files; their numbers are sorted instead.
 */
export async function repeatedKeys(root: ImageDirectory, options?: CallOptions): Promise<Set<unknown>> {
  const slices = new TimeSlices(options);
  const others = new Set<unknown>();
  const repeated = new Set<unknown>();
  let numbers = new Float64Array(1024);
  let count = 0;
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    // A folder that nobody has looked into holds nothing new.
    for (const node of next.folder.loaded?.values() ?? []) {
      if (slices.isOver) await slices.next();
      if (node.kind === "directory") waiting.push(node);
      if (node.kind !== "file" || node.content.kind !== "source") continue;
      const { key } = node.content;
      if (typeof key !== "number") {
        if (others.size === others.add(key).size) repeated.add(key);
        continue;
      }
      if (count === numbers.length) numbers = doubled(numbers);
      numbers[count++] = key;
    }
  }
  const sorted = numbers.subarray(0, count).sort();
  for (let index = 1; index < count; index++) if (sorted[index] === sorted[index - 1]) repeated.add(sorted[index]);
  return repeated;
}

function doubled(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
