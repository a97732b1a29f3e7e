import { virtualMedia } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch, write } from "./support/scratch.ts";

/** Media that no mechanism writes. */
const unwritten: readonly string[] = ["dvd-r-dl", "bd-r-rrm"];

describe.each(virtualMedia)("on $id, plan tells what is free afterwards", ({ id, capacity, minimum }) => {
  const blocks = Math.min(capacity, Math.max(minimum, 200_000));

  const byChoice: readonly (readonly [how: string, options: readonly string[]])[] = [
    ["by the mechanism that is chosen", []],
    ["after a format", ["--mechanism", "bdr-pow", "--accept", "irreversible-format"]],
  ];

  it.each(id === "bd-r" ? byChoice : byChoice.slice(0, 1))("as it then is, %s", async (_, options) => {
    const folder = scratch({ "files/a.txt": "a", "files/b.bin": new Uint8Array(500_000) });
    await cli(folder, ["new", "my.disc", "--medium", id, "--capacity", `${blocks} blocks`]);
    for (const more of [[], ["--accept", "close-disc", "--close", "disc"]]) {
      write(folder, { [`files/more-${more.length}.txt`]: "more" });
      const argv = ["my.disc", "files", "--json", ...options, ...more];
      const { json: plan, code } = await cli(folder, ["plan", ...argv]);
      if (code === 3) {
        // Nothing to close; or a medium that the recorder has and no mechanism writes.
        expect(more.length > 0 || unwritten.includes(id)).toBe(true);
        continue;
      }
      const { json: burn } = await cli(folder, ["burn", ...argv]);
      expect(burn.outcome).toBe("done");
      expect.soft(plan.freeBlocksAfterwards ?? "unknown").toBe(burn.freeBlocks);
    }
  });
});
