import * as driverVirtual from "@multisession/driver-virtual";
import { expect, it } from "vitest";
import { fuzz } from "../fuzz/fuzz.mjs";
import { withStand } from "../fuzz/stand.mjs";
import * as iscsiTarget from "../src/index.ts";

/** Processor time, in microseconds. */
const LONG_ENOUGH = 120_000_000;

it("two processor minutes of damaged sessions do not break the target, its other connections or the disc", async () => {
  const start = process.cpuUsage();
  const isOver = (): boolean => {
    const { user, system } = process.cpuUsage(start);
    return user + system > LONG_ENOUGH;
  };
  const seed = Math.floor(Math.random() * 2 ** 31);
  const done = await withStand({ iscsiTarget, driverVirtual }, (stand) => fuzz(stand, { seed, isOver }));
  expect(done).toBeGreaterThan(1000);
});
