import assert from "node:assert/strict";
import {
  assembleSession,
  type Extent,
  type FileSystem,
  type Layout,
  type Lba,
  type Placement,
  type Rendering,
  type SessionFrame,
  type TreeNode,
} from "@multisession/core";
import { deepFreeze } from "../mechanism/deep-freeze.ts";
import type { Rule } from "../runner.ts";
import { sampleImage } from "../workbench/sample-image.ts";
import { MemoryDisc } from "./memory-disc.ts";
import { fixedFor } from "./recorded-sample.ts";
import { type SampleSpace, SPACE_BLOCKS } from "./sample-spaces.ts";

/** Files of a tree that no layout should finish at one go. */
const LARGE = 20_000;

/** What a file system lays out is final, and the same for the same inputs. */
export function layoutRules(fileSystem: FileSystem, space: SampleSpace): readonly Rule[] {
  const image = sampleImage(1, undefined);
  const frame: SessionFrame = { space: space.at(space.first), fixed: fixedFor(1) };
  return [
    {
      id: "layout/pure",
      text: "the same tree gives the same bytes, and inputs that cannot be changed are enough",
      check: async () => {
        const frozen = { tree: deepFreeze(structuredClone(image.tree)), frame: deepFreeze(structuredClone(frame)) };
        const [one, two] = [
          await fileSystem.layout(frozen.tree, frozen.frame),
          await fileSystem.layout(frozen.tree, frozen.frame),
        ];
        assert.deepEqual([two.front, two.back, two.notes], [one.front, one.back, one.notes]);
        const placement = placementFor(one, space.first);
        assert.deepEqual(bytesOf(await two.render(placement)), bytesOf(await one.render(placement)));
      },
    },
    {
      id: "layout/sizes",
      text: "front and back fill exactly the blocks that were announced, and commit stays in its unit",
      check: async () => {
        const layout = await fileSystem.layout(image.tree, frame);
        const placement = placementFor(layout, space.first);
        const { front, back, commit } = await layout.render(placement);
        checkFilled("front", front, placement.front, layout.front);
        checkFilled("back", back, placement.back, layout.back);
        if (frame.space.published.by !== "head") return;
        const { at, unit } = frame.space.published;
        assert.ok(commit !== undefined && commit.length > 0, "It renders nothing for the unit that publishes");
        for (const extent of commit)
          assert.ok(extent.at >= at && extent.at + extent.blocks <= at + unit, `${extent.label} lies outside the unit`);
      },
    },
    {
      id: "layout/needs",
      text: "what it says to need at least is never more than what it takes",
      check: async () => {
        const needs = fileSystem.needs(image.tree);
        const layout = await fileSystem.layout(image.tree, frame);
        assert.ok(
          needs.atLeast <= layout.front + layout.back,
          `It needs ${needs.atLeast} and takes ${layout.front + layout.back}`,
        );
        const empty = await fileSystem.republish(undefined, frame, new MemoryDisc(SPACE_BLOCKS));
        assert.ok(empty.front + empty.back <= needs.headBlocks, "A session of a head alone takes more than headBlocks");
      },
    },
    {
      id: "layout/abort",
      text: "an aborted signal stops the layout of a large tree",
      check: async () => {
        const controller = new AbortController();
        controller.abort(new Error("The user said stop"));
        const { root } = image.tree;
        const [model] = root.children;
        const children = Array.from({ length: LARGE }, (_, index) => ({ ...model, name: `${index}` }) as TreeNode);
        const tree = { ...image.tree, root: { ...root, children } };
        await assert.rejects(fileSystem.layout(tree, frame, { signal: controller.signal }));
      },
    },
    {
      id: "layout/assembled",
      text: "a session is put together from it without a gap",
      check: async () => {
        const layout = await fileSystem.layout(image.tree, frame);
        const { phases, state } = await assembleSession({
          ...frame,
          layouts: [layout],
          contents: image.contents,
          label: "ROUND_1",
          imageDigest: "sample",
        });
        const payload = phases.find(({ kind }) => kind === "payload");
        assert.ok(payload !== undefined);
        checkFilled("payload", payload.extents, state.start, state.end - state.start);
      },
    },
  ];
}

function placementFor({ front, back }: Layout, start: Lba): Placement {
  const contents = 8;
  const sessionEnd = start + front + contents + back + 2;
  return {
    front: start,
    back: start + front + contents,
    start,
    sessionEnd,
    chainEnd: sessionEnd,
    record: { ...fixedFor(1), start, end: sessionEnd, trailerAt: sessionEnd - 1 },
    extentsOf: (content) =>
      content.kind === "recorded"
        ? content.extents
        : content.bytes === 0
          ? []
          : [{ at: start + front + 2 * content.id, bytes: content.bytes }],
  };
}

function checkFilled(name: string, extents: readonly Extent[], start: Lba, blocks: number): void {
  let at = start;
  for (const extent of extents) {
    assert.equal(extent.at, at, `${extent.label} in the ${name} part starts at ${extent.at}, not at ${at}`);
    at += extent.blocks;
  }
  assert.equal(at - start, blocks, `The ${name} part fills ${at - start} blocks of ${blocks}`);
}

function bytesOf({ front, back, commit = [], bridge = [] }: Rendering): readonly unknown[] {
  return [front, back, commit, bridge].map((extents) =>
    extents.map(({ at, blocks, label, source }) => [
      at,
      blocks,
      label,
      source.from === "bytes" ? Buffer.concat([...source.produce()]).toString("base64") : source.from,
    ]),
  );
}
