import { BLOCK_BYTES, type Lba } from "@multisession/core";
import { run } from "../program.ts";

/** What libblkid, and with it every Linux desktop, says of a volume. */
export interface ProbedVolume {
  /** `iso9660` or `udf`. */
  readonly type: string;
  /** Name of the volume. */
  readonly label: string;
  /** Made of the volume's creation time. */
  readonly uuid: string;
  /** `Joliet Extension` where the label was taken from a Joliet descriptor. */
  readonly version?: string;
}

/** Programs that {@link probeVolume} needs. */
export const blkidPrograms: readonly string[] = ["blkid"];

/** Probes a session as udev does: with the hint that tells where the last session of a disc starts. */
export async function probeVolume(image: string, start: Lba): Promise<ProbedVolume> {
  const hint = start === 0 ? [] : ["-H", `session_offset=${start * BLOCK_BYTES}`];
  const { stdout } = await run("blkid", ["-p", "-o", "export", ...hint, image]);
  const fields = new Map([...stdout.toString().matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]));
  const field = (name: string): string => (fields.get(name) ?? "").replace(/\\(.)/g, "$1");
  if (!fields.has("TYPE")) throw new Error(`blkid finds no volume at block ${start}: ${stdout}`);
  const version = field("VERSION");
  return { type: field("TYPE"), label: field("LABEL"), uuid: field("UUID"), ...(version && { version }) };
}
