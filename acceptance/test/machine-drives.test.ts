import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { machineDrives } from "../src/machine/machine-drives.ts";

/** A program that says what QEMU says. */
function qemuThatSays(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "qemu-")), "qemu");
  writeFileSync(path, `#!/bin/sh\necho "${text}" >&2\nexit 1\n`);
  chmodSync(path, 0o755);
  return path;
}

it.each([
  ["its module is not installed", "qemu: -blockdev driver=iscsi: Unknown driver 'iscsi'", false],
  ["its module is installed", "qemu: -blockdev driver=iscsi: iSCSI: Failed to connect to LUN", true],
])("drives for a machine, where %s", (_, text, available) => {
  const need = machineDrives(qemuThatSays(text));
  expect(need.available).toBe(available);
  expect(need.reason).toBe(
    available ? "" : "QEMU has no module for iSCSI; on Debian: apt-get install qemu-block-extra",
  );
});

it("are missing where QEMU is", () => {
  expect(machineDrives("/nowhere/qemu").available).toBe(false);
});
