/**
 * The data comes too slowly for a WRITE. Where recording cannot wait for it (a CD track at once, unless mode page 05h allows
 * links), the command fails with 3/0C/09, and the track is damaged behind what was recorded. Elsewhere nothing happens.
 */
export interface BufferUnderrunFault {
  /** Which fault it is. */
  readonly fault: "buffer-underrun";
  /** How many WRITE commands are in time before; 0 when left out. */
  readonly after?: number;
}
