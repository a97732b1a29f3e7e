import { join } from "node:path";
import { createDisc, type VirtualMediumId } from "@multisession/driver-virtual";
import { runDriverSuite } from "@multisession/testkit";
import { describe, it } from "vitest";
import { imapi } from "../../src/index.ts";
import type { BundledHost } from "./bundled-host.ts";

/** The testkit's suite for drivers, with a disc of one kind behind the stand-in. */
export function runSuiteOn(host: BundledHost, medium: VirtualMediumId): void {
  describe(`behind the stand-in lies a ${medium}`, () => {
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
}
