import type { DriverPlugin } from "@multisession/core";

/**
 * Makes the one disc in a drive as good as fresh, for a suite that asks for a fresh disc again and again: blanks it where it is
 * rewritten in sessions, leaves it where any block can be overwritten.
 *
 * @throws `Error` when the disc can be written only once, or cannot be written.
 */
export async function freshen(plugin: DriverPlugin, device: string): Promise<void> {
  await using recorder = await plugin.create().open(device);
  const medium = await recorder.medium();
  if (medium.status === "blank" || medium.overwrite === "in-place" || !medium.isFormatted) return;
  const blank = medium.formats.find(({ id, isIrreversible }) => !isIrreversible && id.includes("blank"));
  if (blank === undefined)
    throw new Error(
      `The disc in ${device} is a ${medium.kind}; the trial needs a rewritable one, which it overwrites.`,
    );
  await recorder.prepare({ step: "prepare", format: blank.id, isIrreversible: false, why: "the trial begins anew" });
}
