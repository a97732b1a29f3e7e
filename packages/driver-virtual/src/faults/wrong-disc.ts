import type { DiscOptions } from "../media/virtual-media.ts";

/** The next time when the tray closes, another disc is in it: a new one in memory. The time after that, the right one again. */
export interface WrongDiscFault {
  /** Which fault it is. */
  readonly fault: "wrong-disc";
  /** The other disc. */
  readonly disc: DiscOptions;
}
