import assert from "node:assert/strict";
import { assembleSession, type FileSystem, roundUp } from "@multisession/core";
import type { Rule } from "../runner.ts";
import { listingOnDisc } from "../workbench/sample-image.ts";
import { fixedFor, recordSample, stateAt } from "./recorded-sample.ts";
import type { SampleSpace } from "./sample-spaces.ts";

/** What was written is read again: by its own head, by the disc's head, after an append, and when it is shown again. */
export function readingRules(fileSystem: FileSystem, space: SampleSpace): readonly Rule[] {
  const isByHead = space.at(space.first).published.by === "head";
  const rules: readonly Rule[] = [
    {
      id: "read/session",
      text: "a session shows its tree, and its head carries the session's record",
      check: async () => {
        const { disc, state, shape, listing } = await recordSample(fileSystem, space);
        assert.deepEqual(await listingOnDisc(fileSystem, disc, state), listing);
        assert.equal(state.record?.nonce, fixedFor(1).nonce);
        assert.deepEqual([state.record?.start, state.record?.end], [shape.state.start, shape.state.end]);
      },
    },
    {
      id: "read/append",
      text: "an appended session shows the old files and the new ones, and the old session shows what it showed",
      check: async () => {
        const first = await recordSample(fileSystem, space);
        const second = await recordSample(fileSystem, space, first);
        assert.deepEqual(await listingOnDisc(fileSystem, second.disc, second.state), second.listing);
        assert.deepEqual(await listingOnDisc(fileSystem, second.disc, first.state), first.listing);
        assert.notEqual(second.state.digest, first.state.digest);
      },
    },
    {
      id: "read/republish",
      text: "a session of a head alone shows an old state again",
      check: async () => {
        const first = await recordSample(fileSystem, space);
        const second = await recordSample(fileSystem, space, first);
        const start = roundUp(second.shape.state.end, 32);
        const frame = { space: space.at(start), fixed: fixedFor(3), base: first.state };
        const layout = await fileSystem.republish(first.state, frame, second.disc);
        const parts = { layouts: [layout], contents: [], label: first.state.label, imageDigest: "again" };
        await second.disc.record(await assembleSession({ ...frame, ...parts }));
        const again = await stateAt(fileSystem, second.disc, start, 2);
        assert.deepEqual(await listingOnDisc(fileSystem, second.disc, again), first.listing);
        assert.equal(again.digest, first.state.digest, "The same tree has another digest");
      },
    },
  ];
  return isByHead ? [...rules, ...headRules(fileSystem, space)] : rules;
}

function headRules(fileSystem: FileSystem, space: SampleSpace): readonly Rule[] {
  return [
    {
      id: "read/head",
      text: "the disc's head shows the newest tree",
      check: async () => {
        const first = await recordSample(fileSystem, space);
        const second = await recordSample(fileSystem, space, first);
        const head = await stateAt(fileSystem, second.disc, 0, 1);
        assert.equal(head.digest, second.state.digest);
        assert.equal(head.record?.nonce, second.state.record?.nonce);
        assert.deepEqual(await listingOnDisc(fileSystem, second.disc, head), second.listing);
      },
    },
    {
      id: "read/restored-head",
      text: "a head that was lost is made again from the session's own",
      check: async () => {
        const { disc, state, listing } = await recordSample(fileSystem, space);
        for (let at = 16; at < 32; at++) disc.put(at, new Uint8Array(2048).fill(0xff));
        await disc.write(await fileSystem.restoreHead(state, space.at(space.first), disc));
        const head = await stateAt(fileSystem, disc, 0, 0);
        assert.equal(head.digest, state.digest);
        assert.deepEqual(await listingOnDisc(fileSystem, disc, head), listing);
      },
    },
    {
      id: "read/cleared",
      text: "a cleared disc shows an empty volume of a new life",
      check: async () => {
        const { disc } = await recordSample(fileSystem, space);
        const fixed = { ...fixedFor(0), life: "aa".repeat(16) };
        await disc.write(fileSystem.clear(space.at(space.first), fixed));
        const head = await stateAt(fileSystem, disc, 0, 0);
        assert.deepEqual([head.record?.life, head.record?.sequence], [fixed.life, 0]);
        assert.deepEqual(await listingOnDisc(fileSystem, disc, head), new Map());
      },
    },
  ];
}
