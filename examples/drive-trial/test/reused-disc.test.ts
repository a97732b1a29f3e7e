import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDisc, type VirtualMediumId, virtual } from "@multisession/driver-virtual";
import { runDriverSuite } from "@multisession/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshen } from "../src/reused-disc.ts";

const folder = mkdtempSync(join(tmpdir(), "multisession-trial-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plugin = virtual();

async function discOf(medium: VirtualMediumId): Promise<string> {
  const path = join(folder, `${medium}.disc`);
  await createDisc(path, { medium });
  return path;
}

describe.each<VirtualMediumId>(["cd-rw", "dvd+rw"])("one %s serves the whole suite", (medium) => {
  let device: string;
  beforeAll(async () => {
    device = await discOf(medium);
  });
  const newDisc = async (): Promise<string> => {
    await freshen(plugin, device);
    return device;
  };
  runDriverSuite({ describe, it, plugin, newDisc, missing: join(folder, "missing.disc") });
});

it("a disc that can be written only once is refused, with its kind", async () => {
  const device = await discOf("bd-r");
  {
    await using recorder = await plugin.create().open(device);
    await recorder.write(0, new Uint8Array(32 * 2048));
    await recorder.flush();
  }
  await expect(freshen(plugin, device)).rejects.toThrow(/is a bd-r; the trial needs a rewritable one/);
});
