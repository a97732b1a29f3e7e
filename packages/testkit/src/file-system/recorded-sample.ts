import assert from "node:assert/strict";
import {
  assembleSession,
  type DirectoryNode,
  type FileSystem,
  type Fixed,
  type ImageShape,
  type Lba,
  roundUp,
  type StateRef,
} from "@multisession/core";
import { type Listing, listingAfter, type SampleImage, sampleImage, treeOnDisc } from "../workbench/sample-image.ts";
import { MemoryDisc } from "./memory-disc.ts";
import { type SampleSpace, SPACE_BLOCKS } from "./sample-spaces.ts";

/** One session on a disc in memory. */
export interface RecordedSample {
  /** The disc. */
  readonly disc: MemoryDisc;
  /** The session, as its own head tells. */
  readonly state: StateRef;
  /** What it was rendered to. */
  readonly shape: ImageShape;
  /** What it must show. */
  readonly listing: Listing;
}

/** What is chosen for session `sequence`. */
export function fixedFor(sequence: number): Fixed {
  return { time: Date.UTC(2026, 0, sequence), life: "5e".repeat(16), sequence, nonce: `${sequence}`.padStart(16, "0") };
}

/** Renders and records a session behind another, or a first one. */
export async function recordSample(
  fileSystem: FileSystem,
  space: SampleSpace,
  base?: RecordedSample,
): Promise<RecordedSample> {
  const disc = base?.disc.clone() ?? new MemoryDisc(SPACE_BLOCKS);
  const tree: DirectoryNode | undefined = base && (await treeOnDisc(fileSystem, disc, base.state));
  const image: SampleImage = sampleImage(base === undefined ? 1 : 2, tree);
  const start = base === undefined ? space.first : roundUp(base.shape.state.end, 32);
  const fixed = fixedFor(base === undefined ? 1 : 2);
  const frame = { space: space.at(start), fixed, ...(base === undefined ? {} : { base: base.state }) };
  const layout = await fileSystem.layout(image.tree, frame);
  const shape = await assembleSession({
    space: frame.space,
    fixed,
    layouts: [layout],
    contents: image.contents,
    label: image.tree.volumeName,
    imageDigest: "sample",
  });
  await disc.record(shape, image);
  const state = await stateAt(fileSystem, disc, start, base === undefined ? 0 : 1);
  return { disc, state, shape, listing: await listingAfter(image, base?.listing) };
}

/** The state that a head at `start` tells of. */
export async function stateAt(fileSystem: FileSystem, disc: MemoryDisc, start: Lba, index: number): Promise<StateRef> {
  const head = await fileSystem.probe.head(disc, start);
  assert.ok(head !== undefined, `The probe finds no head at ${start}`);
  const { end, label, digest, record } = head;
  const state: StateRef = { index, start, end, fileSystem: fileSystem.id, label, digest, proof: "head" };
  return record === undefined ? state : { ...state, record };
}
