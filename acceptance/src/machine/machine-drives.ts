import { spawnSync } from "node:child_process";

/** Nobody listens there: QEMU says at once that it cannot connect, or that it does not know how. */
const NOWHERE = "driver=iscsi,node-name=drive,transport=tcp,portal=127.0.0.1:1,target=iqn.2026-11.test:none";

/** Whether QEMU can give a machine drives over iSCSI: Debian has that in a module of its own. */
export function machineDrives(qemu = "qemu-system-x86_64"): { readonly available: boolean; readonly reason: string } {
  const argv = ["-M", "none", "-nodefaults", "-display", "none", "-blockdev", NOWHERE];
  const { error, stderr } = spawnSync(qemu, argv, { encoding: "utf8", timeout: 30_000 });
  if (error === undefined && !stderr.includes("Unknown driver")) return { available: true, reason: "" };
  const what = error === undefined ? "QEMU has no module for iSCSI" : `${qemu} cannot be run`;
  return { available: false, reason: `${what}; on Debian: apt-get install qemu-block-extra` };
}
