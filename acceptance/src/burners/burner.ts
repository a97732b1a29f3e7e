import type { Lba } from "@multisession/core";
import type { DiscKind } from "./disc-kind.ts";

/** One kind of disc in the hands of a program. */
export interface BurnerDisc {
  readonly kind: DiscKind;
  /** What has to be done before the first session, if anything. */
  readonly prepare?: string;
  /** Options that this disc needs. */
  readonly options?: string;
  /** Where the first session can be mounted when there is a second one; nowhere when the program gives it up. */
  readonly firstSession: Lba | "given up";
}

/**
 * A program that burns, with the commands that its manual tells a stranger. In them `$drive` is the device, and `/first`,
 * `/second` and `/fourth` are the folders to be recorded in those sessions; the third session is ours.
 */
export interface Burner {
  readonly id: string;
  readonly name: string;
  /** Programs that come into the guest with it. */
  readonly programs: readonly string[];
  readonly discs: readonly BurnerDisc[];
  /** What is on the disc, in the program's words. */
  readonly look: string;
  /** Whether what {@link look} printed tells of a session that starts at the last of these blocks. */
  lists(printed: string, starts: readonly Lba[], disc: BurnerDisc): boolean;
  /** Records `/first` as the first session and lets the disc be appended to. */
  first(disc: BurnerDisc): string;
  /** Appends `/second`. */
  append(disc: BurnerDisc): string;
  /** Appends `/fourth` and closes the disc, where that means something. */
  close(disc: BurnerDisc): string;
}
