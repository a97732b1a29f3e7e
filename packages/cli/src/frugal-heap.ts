import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Bytes of the space of new objects, from which on it grows no more. */
const ENOUGH = 4 * 1024 * 1024;

/** Milliseconds between two looks at that space. */
const PAUSE = 20;

let watch: NodeJS.Timeout | undefined;

/**
 * Lets the heap grow in small steps. V8 lets it grow by half and more before it collects, and then keeps what it took; steps
 * of a tenth take no less memory, and more time. The space of new objects doubles up to 32 MiB by itself; where it stays at
 * the 2 MiB that it begins with, collections of it take a tenth of a recording (100,000 files, measured, Node 20). It grows at once, and
 * one thread alone collects it, for the others have work of their own: less time together (measured). All flags exist in Node
 * 20 to 26.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=20");
  setFlagsFromString("--semi-space-growth-factor=4");
  setFlagsFromString("--no-parallel-scavenge");
  // Looked at again and again: each new thread sets the growth of every thread back to what V8 takes as the least.
  watch = setInterval(stopWhenEnough, PAUSE).unref();
}

/**
 * Gives the growth of the heap back to V8, for work that holds little and moves much: in small steps every few buffers are
 * a collection, and a drive that is served was read at half the speed (measured, Node 20).
 */
export function letHeapGrow(): void {
  clearInterval(watch);
  setFlagsFromString("--heap-growing-percent=0");
  setFlagsFromString("--semi-space-growth-factor=2");
}

function stopWhenEnough(): void {
  const space = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
  if (space !== undefined && space.space_size >= ENOUGH) setFlagsFromString("--semi-space-growth-factor=1");
}
