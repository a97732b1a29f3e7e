import type { VirtualMediumId } from "../../src/index.ts";
import { blocksOf, type Initiator } from "./initiator.ts";

/** Blocks of the disc that is written. */
export const CAPACITY = 6144;
/** Numbers that follow from a seed (a linear congruential generator is enough to choose addresses). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One step of the script, which ends with a flush; the same for the same medium and numbers. */
function step(host: Initiator, medium: VirtualMediumId, index: number, number: (below: number) => number): void {
  const mark = index + 1;
  const { lastTrack } = host.disc();
  const { nextWritable, nextWritableValid, start } = host.track(lastTrack);
  const count = 1 + number(70);
  const place = number(1500);
  if (medium === "dvd+rw") host.write(place, blocksOf(count, mark));
  else if (medium === "bd-r-pow" && place < nextWritable && index % 4 !== 0)
    host.write(place, blocksOf(1 + (count % 32), mark));
  else if (nextWritableValid) host.write(nextWritable, blocksOf(1 + (count % 40), mark));
  if (medium === "bd-r" && index % 5 === 4) {
    if (nextWritable >= start) host.close(1, lastTrack);
    host.close(2);
  }
  host.sync();
}

/** Runs so many steps of the script; `afterStep` hears the number of steps that are done. */
export function runScript(
  host: Initiator,
  medium: VirtualMediumId,
  seed: number,
  steps: number,
  afterStep: (done: number) => void,
): void {
  const number = numbers(seed);
  for (let index = 0; index < steps; index++) {
    step(host, medium, index, number);
    afterStep(index + 1);
  }
}
