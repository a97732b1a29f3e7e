import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDisc, type VirtualMediumId, virtual } from "@multisession/driver-virtual";
import { runDriverSuite } from "@multisession/testkit";
import { afterAll, describe, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "multisession-driver-suite-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each<VirtualMediumId>(["bd-r", "bd-r-pow", "dvd+rw"])("over a disc file of a %s", (medium) => {
  let discs = 0;
  const newDisc = async (): Promise<string> => {
    const path = join(folder, `${medium}-${discs++}.disc`);
    await createDisc(path, { medium, capacity: 1024 });
    return path;
  };
  runDriverSuite({ describe, it, plugin: virtual(), newDisc, missing: join(folder, "missing.disc") });
});
