import { statSync } from "node:fs";
import type { VirtualRecorder } from "@multisession/driver-virtual";
import * as koffi from "koffi";
import { Com } from "../../src/com/com.ts";
import { ComServer } from "../../src/com/com-server.ts";
import { guidBytes } from "../../src/com/guid.ts";
import { serveStream } from "../../src/com/stream-server.ts";
import { SpooledDisc } from "../../src/host/spool.ts";
import { allInterfaces } from "../../src/interfaces/all.ts";
import { classIds } from "../../src/interfaces/class-ids.ts";
import type { StandInDevice } from "./scenario.ts";
import { recorderClass, StandInDrive } from "./stand-in-drive.ts";
import { imageClass } from "./stand-in-image.ts";
import { type Listeners, masterClass } from "./stand-in-master.ts";
import { type StandInRuntime, standInRuntime } from "./stand-in-runtime.ts";
import { eraserClass, writerClass } from "./stand-in-writer.ts";

/** IMAPI2's classes made of JavaScript objects, behind the ABI of COM. */
export class StandInImapi {
  readonly runtime: StandInRuntime;
  readonly com: Com;
  readonly server: ComServer;
  readonly drives = new Map<string, StandInDrive>();
  readonly calls: string[] = [];
  /** What a method of the stand-in threw: a mistake of the stand-in or of a test. */
  readonly faults: string[] = [];
  onAdvise: (listeners: Listeners) => void = () => {};

  constructor() {
    this.runtime = standInRuntime(koffi, {
      release: (object) => this.com.releaseReference(object),
      openFile: (path) => {
        const file = new SpooledDisc(path, [{ at: 0, blocks: statSync(path).size / 2048 }]);
        return serveStream(this.com, this.server, file).pointer;
      },
    });
    this.com = new Com(koffi, this.runtime);
    this.server = new ComServer(this.com, (fault, method) => this.faults.push(`${method}: ${String(fault)}`));
    const { com, server } = this;
    server.prepare(...allInterfaces);
    this.runtime.register(guidBytes(classIds.discRecorder), recorderClass(server, this.drives));
    const find = (id: string): StandInDrive | undefined => this.drives.get(id);
    this.runtime.register(guidBytes(classIds.formatData), writerClass(com, server, find));
    this.runtime.register(guidBytes(classIds.fileSystemImage), imageClass(com, server, find));
    this.runtime.register(guidBytes(classIds.formatErase), eraserClass(com, server, find));
    this.runtime.register(
      guidBytes(classIds.discMaster),
      masterClass(
        com,
        server,
        () => [...this.drives.keys()],
        (listeners) => this.onAdvise(listeners),
      ),
    );
  }

  plug(device: StandInDevice, recorder: VirtualRecorder | undefined): void {
    this.drives.set(device.id, new StandInDrive(this.com, device, recorder, (call) => this.calls.push(call)));
  }

  unplug(id: string): void {
    this.drives.delete(id);
  }
}
