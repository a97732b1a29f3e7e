/**
 * A mechanism of a third party, in a package of its own: wraps another one and keeps room for a closing session.
 *
 * @module mechanism-reserve
 */
import { defineMechanism, type MechanismPlugin } from "@multisession/core";
import { KeepClosingRoom } from "./keep-closing-room.ts";

export { KeepClosingRoom } from "./keep-closing-room.ts";

/** Options of {@link keepClosingRoom}. */
export interface KeepClosingRoomOptions {
  /** Blocks that the closing session needs beside its head. 0 when left out: an empty table of contents. */
  readonly blocks?: number;
}

/** The plugin: `inner` with room for a closing session, named after it. */
export function keepClosingRoom(inner: MechanismPlugin, { blocks = 0 }: KeepClosingRoomOptions = {}): MechanismPlugin {
  const id = `${inner.id}-with-closing-room`;
  return defineMechanism({
    id,
    contract: 1,
    package: "@multisession-example/mechanism-reserve",
    supports: inner.supports,
    create: (context) => new KeepClosingRoom(id, context, inner.create(context), blocks),
  });
}
