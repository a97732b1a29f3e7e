import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MultisessionError } from "@multisession/core";
import { createDisc, type VirtualMediumId } from "@multisession/driver-virtual";
import type { BundledHost } from "./bundled-host.ts";
import type { StandInDevice, StandInRecord } from "./scenario.ts";

let discs = 0;

/** A drive `D:` with a fresh disc, and a place for the record of its host. */
export async function driveWith(
  { folder, play }: BundledHost,
  medium: VirtualMediumId,
  traits: Partial<StandInDevice> = {},
): Promise<{ readonly device: StandInDevice; readonly record: () => StandInRecord }> {
  const disc = join(folder, `${discs++}.disc`);
  await createDisc(disc, { medium });
  const device = { id: "\\\\?\\cdrom#stand-in", paths: ["D:\\"], disc, ...traits };
  const record = `${disc}.record.json`;
  play({ devices: [device], record });
  return { device, record: () => JSON.parse(readFileSync(record, "utf8")) as StandInRecord };
}

/** The coded error that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<MultisessionError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (MultisessionError.is(error)) return error;
  throw error ?? new Error("It does not fail");
}
