/**
 * The disc is taken out by force. As when the power goes, a part of the buffer is on it, chosen by the seed, and the rest is
 * lost; the command during which it happens answers 2/3A/02, as those after it do until the tray is closed again.
 */
export interface HotRemovalFault {
  /** Which fault it is. */
  readonly fault: "hot-removal";
  /** What is counted, as for a power cut. */
  readonly after: "command" | "block" | "effect";
  /** How many of them still take place, counted from the moment when the fault is armed. */
  readonly count: number;
}
