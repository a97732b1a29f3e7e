import assert from "node:assert/strict";
import { BLOCK_BYTES, type FileSystem, type Lba, MultisessionError } from "@multisession/core";
import type { Rule } from "../runner.ts";
import { treeOnDisc } from "../workbench/sample-image.ts";
import { MemoryDisc } from "./memory-disc.ts";
import { type RecordedSample, recordSample } from "./recorded-sample.ts";
import { type SampleSpace, SPACE_BLOCKS } from "./sample-spaces.ts";

/** Reading is lenient: damage is found, reported with a code, and never believed. */
export function damageRules(fileSystem: FileSystem, space: SampleSpace): readonly Rule[] {
  return [
    {
      id: "damage/nothing",
      text: "where there is no head the probe finds none: on zeros, on noise, on blocks that cannot be read",
      check: async () => {
        const noise = new MemoryDisc(SPACE_BLOCKS);
        const lost = new MemoryDisc(SPACE_BLOCKS);
        for (let at = 0; at < 64; at++) {
          noise.put(at, noiseBlock(at));
          lost.lose(at);
        }
        for (const disc of [new MemoryDisc(SPACE_BLOCKS), noise, lost])
          assert.equal(await fileSystem.probe.head(disc, 0), undefined);
        assert.equal(await fileSystem.probe.head(noise, SPACE_BLOCKS), undefined, "At the end of the medium");
      },
    },
    {
      id: "damage/lost-blocks",
      text: "with any block of the metadata lost, the rest is listed or a coded error says what is damaged",
      check: () => eachBlock(fileSystem, space, (disc, at) => disc.lose(at)),
    },
    {
      id: "damage/noise",
      text: "with any block of the metadata replaced by noise, nothing crashes, hangs or asks for more than the medium holds",
      check: () => eachBlock(fileSystem, space, (disc, at) => disc.put(at, noiseBlock(at))),
    },
  ];
}

async function eachBlock(
  fileSystem: FileSystem,
  space: SampleSpace,
  damage: (disc: MemoryDisc, at: Lba) => void,
): Promise<void> {
  const sample = await recordSample(fileSystem, space, await recordSample(fileSystem, space));
  for (const at of metadataOf(sample)) {
    const disc = sample.disc.clone();
    damage(disc, at);
    await readDamaged(fileSystem, disc, sample, at);
    assert.deepEqual(disc.immense, [], `With block ${at} damaged it asks for more than the medium holds`);
  }
}

/** Blocks of the session that are no file's. */
function metadataOf({ shape }: RecordedSample): readonly Lba[] {
  const payload = shape.phases.find(({ kind }) => kind === "payload");
  return (payload?.extents ?? []).flatMap(({ at, blocks, source }) =>
    source.from === "bytes" ? Array.from({ length: blocks }, (_, block) => at + block) : [],
  );
}

async function readDamaged(fileSystem: FileSystem, disc: MemoryDisc, sample: RecordedSample, at: Lba): Promise<void> {
  try {
    await fileSystem.probe.head(disc, sample.state.start);
  } catch (error) {
    assert.fail(`With block ${at} damaged the probe throws: ${String(error)}`);
  }
  try {
    await treeOnDisc(fileSystem, disc, sample.state);
  } catch (error) {
    assert.ok(MultisessionError.is(error), `With block ${at} damaged it throws without a code: ${String(error)}`);
  }
}

/** The same noise each time. */
function noiseBlock(seed: number): Uint8Array {
  let state = seed * 2_654_435_761 + 1;
  return Uint8Array.from({ length: BLOCK_BYTES }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}
