import { describe, it } from "node:test";
import { imapi } from "@multisession/driver-imapi";
import { runDriverSuite } from "@multisession/testkit";
import { freshen } from "./reused-disc.ts";

// Give the drive in the environment, since `node --test` takes no arguments for its files: TRIAL_DRIVE=D: npm start
const device = process.env["TRIAL_DRIVE"];

if (device === undefined) {
  it("needs TRIAL_DRIVE: the drive with a rewritable disc, which loses all that is on it", () => {
    throw new Error("Set TRIAL_DRIVE, such as TRIAL_DRIVE=D:");
  });
} else {
  const plugin = imapi();
  const newDisc = async (): Promise<string> => {
    await freshen(plugin, device);
    return device;
  };
  runDriverSuite({ describe, it, plugin, newDisc, missing: "imapi:no-such-drive" });
}
