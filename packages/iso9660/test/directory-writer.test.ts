import type { DirectoryNode } from "@multisession/core";
import { expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { appendSpace, fixed } from "./memory-disc.ts";

it("directories are made while they are taken, empty ones too: a million of them need no memory at once", async () => {
  let looked = 0;
  const attributes = { mode: 0o755, uid: 0, gid: 0, modified: 0 };
  const folder = (index: number): DirectoryNode => ({
    kind: "directory",
    name: `folder ${index}`,
    attributes,
    get children() {
      looked += 1;
      return [];
    },
  });
  const children = Array.from({ length: 1000 }, (_, index) => folder(index));
  const root = { ...folder(0), name: "", children };
  const layout = await new Iso9660().layout({ volumeName: "V", root }, { space: appendSpace(0), fixed });
  const { front } = await layout.render({
    front: 0,
    start: 0,
    back: 0,
    sessionEnd: 1,
    chainEnd: 1,
    record: { ...fixed, start: 0, end: 1, trailerAt: 0 },
    extentsOf: () => [],
  });
  const source = front.find(({ label }) => label === "directories")?.source;
  if (source?.from !== "bytes") throw new Error("The directories are missing");
  looked = 0;
  const pieces = source.produce()[Symbol.iterator]();
  let blocks = 0;
  for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
    blocks += next.value.length / 2048;
    expect(looked).toBeLessThan(blocks + 40);
  }
  expect(looked).toBeGreaterThanOrEqual(1000);
});
