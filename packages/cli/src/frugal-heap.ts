import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Bytes of the space of new objects, from which on it grows no more. */
const ENOUGH = 4 * 1024 * 1024;

/** Bytes of the whole heap, from which on it grows in small steps. */
const SMALL = 64 * 1024 * 1024;

/** Bytes of the whole heap, from which on it grows in the smallest steps. */
const LARGE = 256 * 1024 * 1024;

/** Milliseconds between two looks at both. */
const PAUSE = 20;

let watch: NodeJS.Timeout | undefined;

/**
 * Lets the heap grow in small steps once it is large. V8 lets it grow by half and more before it collects, and then keeps
 * what it took; steps of a tenth take no less memory, and more time, until a fifth is worth 50 MiB. While it is small, steps of
 * a fifth only cost time: a tenth of a recording of 100,000 files.
 *
 * The space of new objects doubles up to 32 MiB by itself; where it stays at the 2 MiB that it begins with, collections of it
 * take another tenth. It grows at once, and one thread alone collects it, for the others have work of their own: less time
 * together.
 *
 * All of it was measured with Node 20; the flags exist in Node 20 to 26.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=60");
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
  const spaces = getHeapSpaceStatistics();
  const young = spaces.find(({ space_name: name }) => name === "new_space");
  if (young !== undefined && young.space_size >= ENOUGH) setFlagsFromString("--semi-space-growth-factor=1");
  const all = spaces.reduce((bytes, { space_size: size }) => bytes + size, 0);
  if (all >= SMALL) setFlagsFromString(`--heap-growing-percent=${all >= LARGE ? 10 : 20}`);
}
