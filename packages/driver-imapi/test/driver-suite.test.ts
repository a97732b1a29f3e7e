import { join } from "node:path";
import { createDisc } from "@multisession/driver-virtual";
import { runDriverSuite } from "@multisession/testkit";
import { afterAll, describe, it } from "vitest";
import { imapi } from "../src/index.ts";
import { bundleHost } from "./support/bundled-host.ts";

const host = await bundleHost();
afterAll(() => host[Symbol.dispose]());

describe.each(["bd-r", "dvd+rw"] as const)("behind the stand-in lies a %s", (medium) => {
  let discs = 0;
  runDriverSuite({
    describe,
    it,
    plugin: imapi({ hostProgram: host.program }),
    missing: "imapi:Q:",
    newDisc: async () => {
      const disc = join(host.folder, `${medium}-${discs++}.disc`);
      await createDisc(disc, { medium });
      host.play({ devices: [{ id: "\\\\?\\cdrom#suite", paths: ["E:\\"], disc }] });
      return "imapi:E:";
    },
  });
});
