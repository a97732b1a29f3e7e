import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";
import { onSmallDevice } from "./support/small-device.ts";

describe("a disc file on a device that gets full in a burn", () => {
  it.for(["bd-r", "dvd+rw"])("%s: what happened, and what to do, with exit code 6", async (medium, { skip }) => {
    const folder = scratch({ "files/large.bin": new Uint8Array(3_000_000) });
    const isDone = await onSmallDevice(join(folder, "small"), "1m", async () => {
      expect((await cli(folder, ["new", "small/my.disc", "--medium", medium])).code).toBe(0);
      const { code, json, stderr } = await cli(folder, ["burn", "small/my.disc", "files", "--json"]);
      expect(json.error).toMatchObject({ code: "multisession/system-refused" });
      expect(code).toBe(6);
      expect(stderr).toMatch(/there is no room left\.\n {2}Make room .*multisession recover/);
      const again = await cli(folder, ["info", "small/my.disc", "--json"]);
      expect(again.json.error).toMatchObject({
        code: "multisession/disc-unreadable",
        advice: expect.stringContaining("Make room"),
      });
    });
    if (!isDone) skip("may not mount");
  });
});
