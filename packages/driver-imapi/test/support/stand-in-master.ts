import type { Com } from "../../src/com/com.ts";
import { type ComServer, type FaceOf, face } from "../../src/com/com-server.ts";
import { ComError } from "../../src/com/hresult.ts";
import { VARIANT_BYTES, type VariantValue } from "../../src/com/variant.ts";
import { iConnectionPoint, iConnectionPointContainer, iDispatch } from "../../src/interfaces/automation.ts";
import { iDiscMaster2 } from "../../src/interfaces/recorder.ts";

/** Sinks that are connected to an object. */
export class Listeners {
  readonly #com: Com;
  readonly #sinks = new Map<number, bigint>();
  #next = 1;

  constructor(com: Com) {
    this.#com = com;
  }

  get count(): number {
    return this.#sinks.size;
  }

  /** The interface through which sinks are connected. `onAdvise` hears of each new one. */
  face(server: ComServer, onAdvise: () => void): FaceOf {
    return face(iConnectionPointContainer, {
      FindConnectionPoint: () =>
        server.serve(
          face(iConnectionPoint, {
            Advise: (sink) => {
              if (typeof sink !== "bigint") throw new ComError(0x8000_4003, "no sink");
              this.#com.addReference(sink);
              this.#sinks.set(this.#next, sink);
              onAdvise();
              return this.#next++;
            },
            Unadvise: (cookie) => {
              const sink = this.#sinks.get(cookie);
              if (sink === undefined) throw new ComError(0x8004_0200, "no connection");
              this.#sinks.delete(cookie);
              this.#com.releaseReference(sink);
            },
          }),
        ).pointer,
    });
  }

  /** Calls an event by `IDispatch::Invoke`, as IMAPI2 does. */
  invoke(id: number, ...values: readonly VariantValue[]): void {
    for (const pointer of this.#sinks.values()) {
      const { memory, koffi } = this.#com;
      const variants = BigInt(koffi.alloc("uint8_t", VARIANT_BYTES * values.length));
      // The last argument comes first.
      for (const [index, value] of values.toReversed().entries())
        this.#com.automation.putVariant(variants + BigInt(index * VARIANT_BYTES), value);
      const parameters = BigInt(koffi.alloc("uint8_t", 24));
      memory.bytes(parameters, 24).fill(0);
      memory.putPointer(parameters, variants);
      memory.put(parameters + 16n, "uint32_t", values.length);
      const sink = this.#com.borrowed(pointer, iDispatch);
      try {
        sink.call("Invoke", id, new Uint8Array(16), 0, 1, parameters, null, null, null);
      } finally {
        sink.release();
        for (const [index, value] of values.toReversed().entries())
          if (typeof value === "string")
            this.#com.runtime.freeString(memory.pointer(variants + BigInt(index * VARIANT_BYTES + 8)));
        koffi.free(variants);
        koffi.free(parameters);
      }
    }
  }
}

/** Makes the list of drives, whose events come through `listeners`. */
export function masterClass(
  com: Com,
  server: ComServer,
  ids: () => readonly string[],
  onAdvise: (listeners: Listeners) => void,
): () => bigint {
  return () => {
    const listeners = new Listeners(com);
    return server.serve(
      face(iDiscMaster2, {
        get_Count: () => ids().length,
        get_Item: (index) => {
          const id = ids()[index];
          if (id === undefined) throw new ComError(0x8007_0057, "no such drive");
          return id;
        },
        get_IsSupportedEnvironment: () => ids().length > 0,
      }),
      listeners.face(server, () => onAdvise(listeners)),
    ).pointer;
  };
}
