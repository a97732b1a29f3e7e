import { iConnectionPoint, iConnectionPointContainer } from "../interfaces/automation.ts";
import type { Com } from "./com.ts";
import type { ComObject } from "./com-object.ts";
import type { ServedObject } from "./com-server.ts";
import { guidBytes } from "./guid.ts";
import type { Interface, Methods } from "./interface.ts";

/** An object of any interface, which can be asked for its events. */
export interface EventSource {
  query<N extends Methods>(of: Interface<N>): ComObject<N>;
}

/**
 * Has an object's events called on a sink of ours.
 *
 * @returns what ends it; must be called before the object is released.
 * @throws ComError when the object has no such events.
 */
export function advise(com: Com, source: EventSource, events: Interface, sink: ServedObject): () => void {
  using container = source.query(iConnectionPointContainer);
  const point = com.object(container.call("FindConnectionPoint", guidBytes(events.iid)), iConnectionPoint);
  let cookie: number;
  try {
    cookie = point.call("Advise", sink.pointer);
  } catch (error) {
    point.release();
    throw error;
  }
  return () => {
    try {
      point.call("Unadvise", cookie);
    } finally {
      point.release();
    }
  };
}
