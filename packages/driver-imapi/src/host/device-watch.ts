import type { Com } from "../com/com.ts";
import type { ComObject } from "../com/com-object.ts";
import type { ComServer, ServedObject } from "../com/com-server.ts";
import { dualFace } from "../com/dispatch.ts";
import { advise } from "../com/event-sink.ts";
import { classIds } from "../interfaces/class-ids.ts";
import { dDiscMaster2Events, discMasterEventIds, iDiscMaster2 } from "../interfaces/recorder.ts";
import { factsOf, openRecorder } from "./devices.ts";
import type { HostEvent } from "./protocol.ts";

/** Tells of drives that are plugged in and out, until it ends. */
export class DeviceWatch {
  readonly #com: Com;
  readonly #tell: (event: HostEvent) => void;
  readonly #master: ComObject<(typeof iDiscMaster2)["methods"]>;
  readonly #sink: ServedObject;
  readonly #unadvise: () => void;
  /** End of what is being told: a drive's facts take time, and it must not be told of as added when it has left again. */
  #told: Promise<void> = Promise.resolve();
  /** A callback from another thread does not keep the process alive; this does. */
  readonly #alive = setInterval(() => {}, 60_000);

  constructor(com: Com, server: ComServer, tell: (event: HostEvent) => void) {
    this.#com = com;
    this.#tell = tell;
    this.#master = com.create(classIds.discMaster, iDiscMaster2);
    this.#sink = server.serve(
      dualFace(com, dDiscMaster2Events, discMasterEventIds, {
        NotifyDeviceAdded: (_master, id) => this.#next(() => this.#added(id)),
        NotifyDeviceRemoved: (_master, id) => this.#next(() => tell({ type: "device", change: "removed", id })),
      }),
    );
    this.#unadvise = advise(com, this.#master, dDiscMaster2Events, this.#sink);
  }

  end(): void {
    clearInterval(this.#alive);
    this.#unadvise();
    this.#sink.release();
    this.#master.release();
  }

  #next(tell: () => void | Promise<void>): void {
    this.#told = this.#told.then(tell);
  }

  /** The facts are asked for when the event's call has returned; a drive that cannot tell them is told of without. */
  async #added(id: string): Promise<void> {
    const told = { type: "device", change: "added", id } as const;
    try {
      using recorder = await openRecorder(this.#com, id);
      this.#tell({ ...told, facts: await factsOf(recorder, id) });
    } catch {
      this.#tell(told);
    }
  }
}
