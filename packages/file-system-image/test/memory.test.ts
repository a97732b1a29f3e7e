import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { FileSource } from "../src/file-source.ts";
import { HostFolder } from "../src/host-folder.ts";
import { HostListings } from "../src/host-listings.ts";
import { HostMerge } from "../src/host-merge.ts";
import { ImageTree } from "../src/image-tree.ts";
import { RecordedHashes } from "../src/recorded-hashes.ts";
import { takeSnapshot } from "../src/snapshot.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function used(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const noReader = (): never => {
  throw new Error("Nothing is listed");
};

it("holds 100,000 files in less than 60 MB, the tree to be rendered and the contents included", async () => {
  const before = used();
  const tree = new ImageTree();
  const hashes = new RecordedHashes({ reader: { read: async () => new Uint8Array() } }, []);
  const merge = new HostMerge({ tree, hashes, times: undefined }, new HostListings(noReader), {}, false);
  const modified = Date.now() + 0.123;
  for (let folder = 0; folder < 100; folder++) {
    const host = new HostFolder(`/home/somebody/photographs/${folder}`);
    const into = await tree.makeFolders([`folder ${folder}`]);
    for (let index = 0; index < 1000; index++) {
      const name = `photograph ${String(index).padStart(8, "0")}.jpeg`;
      const state = {
        bytes: 100_000 + index,
        modified: modified + index,
        device: 2049,
        inode: 2 ** 33 + folder * 1000 + index,
        isLinked: false,
      };
      const attributes = { mode: 0o644, uid: 1000, gid: 1000, modified: Math.floor(modified) + index };
      await merge.mergeFile(new FileSource(host, name, state), attributes, into, `/folder ${folder}`, name);
    }
  }
  tree.journal.mark();
  const held = used() - before;
  const snapshot = await takeSnapshot(tree.root, "MEMORY");
  const all = used() - before;
  expect(snapshot.contents).toHaveLength(100_000);
  expect(tree.journal.changePoint).toBe(1);
  expect(held).toBeGreaterThan(5e6);
  expect(all).toBeLessThan(60e6);
});
