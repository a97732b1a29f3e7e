import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { BLOCK_BYTES, type Blocks, type Lba } from "@multisession/core";
import type { VirtualRecorder } from "./recorder/virtual-recorder.ts";

/** Blocks that are copied at once. */
const STEP: Blocks = 512;

/**
 * The disc as a host sees it, from block 0 to the last one that was recorded: what a copy of it holds. Blocks that cannot
 * be read are zeros.
 */
export function discImage(recorder: VirtualRecorder): Uint8Array {
  const image = new Uint8Array(recorder.recordedEnd * BLOCK_BYTES);
  for (const [at, bytes] of pieces(recorder)) image.set(bytes, at * BLOCK_BYTES);
  return image;
}

/** Writes {@link discImage} to a file without holding it in memory. What is zeros takes up no room. */
export function writeDiscImage(recorder: VirtualRecorder, path: string): void {
  const file = openSync(path, "w");
  try {
    for (const [at, bytes] of pieces(recorder)) {
      if (bytes.every((byte) => byte === 0)) continue;
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(file, bytes, done, bytes.length - done, at * BLOCK_BYTES + done);
      }
    }
    ftruncateSync(file, recorder.recordedEnd * BLOCK_BYTES);
  } finally {
    closeSync(file);
  }
}

function* pieces(recorder: VirtualRecorder): Iterable<readonly [Lba, Uint8Array]> {
  for (let at = 0; at < recorder.recordedEnd; at += STEP) {
    yield [at, recorder.peek(at, Math.min(STEP, recorder.recordedEnd - at))];
  }
}
