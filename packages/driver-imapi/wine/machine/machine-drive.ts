import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { MultisessionError } from "@multisession/core";
import { createDisc, createVirtualRecorder, openDisc, type VirtualRecorder } from "@multisession/driver-virtual";
import { inquiry, type ScsiCommand, type ScsiResult, startStopUnit, write10, write12 } from "@multisession/mmc";
import type { DriveScript, Traits } from "./script.ts";

const ACCESS_DENIED = 0x8007_0005;
const LOCKED = 0xc0aa_0210;
const DEVICE_GONE = 0x8007_0037;
const UNEXPECTED = 0x8000_ffff;

const ordinary: Traits = { status: 0, protection: 0, alignmentMask: 3, transferBytes: 65_536, events: 0 };
const writes: ReadonlySet<number> = new Set([write10.command.opcode, write12.command.opcode]);

/** A call that fails with an HRESULT. */
export class CallFailed extends Error {
  readonly hresult: number;

  constructor(hresult: number) {
    super(`0x${hresult.toString(16)}`);
    this.hresult = hresult;
  }
}

/** A drive of the machine: a virtual recorder, and what Windows keeps beside it. `user` stands for a connection. */
export class MachineDrive {
  readonly script: DriveScript;
  readonly traits: Traits;
  /** Names of the clients that have held it, in order. */
  readonly held: string[] = [];
  /** Commands, by opcode. */
  readonly commands = new Map<number, number>();
  /** The last CDB with each opcode, in hexadecimal digits. */
  readonly last = new Map<number, string>();
  readonly #recorder: VirtualRecorder;
  #holder: { readonly user: object; readonly client: string; count: number } | undefined;
  readonly #silences = new Map<object, number>();
  #isGone = false;

  private constructor(script: DriveScript, recorder: VirtualRecorder) {
    this.script = script;
    this.traits = { ...ordinary, ...script.traits };
    this.#recorder = recorder;
  }

  static async plug(script: DriveScript, folder: string): Promise<MachineDrive> {
    const { disc, medium = "bd-r", faults = [] } = script;
    if (disc === undefined) {
      const recorder = createVirtualRecorder({ medium });
      const eject = startStopUnit.build({ loadEject: true, start: false });
      // The first command after power on is answered with that alone.
      while (recorder.run({ cdb: eject }).status !== "good");
      return new MachineDrive(script, recorder);
    }
    const path = join(folder, disc);
    if (!existsSync(path)) await createDisc(path, { medium });
    return new MachineDrive(script, await openDisc(path, { faults }));
  }

  unplug(): void {
    this.#isGone = true;
    this.#recorder.close();
  }

  /** Client that holds the drive. */
  get holder(): string | undefined {
    return this.script.owner ?? this.#holder?.client;
  }

  get silences(): number {
    return [...this.#silences.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @throws CallFailed when there is no answer. */
  async execute(user: object, command: ScsiCommand): Promise<ScsiResult> {
    this.#checkPresent();
    const opcode = command.cdb[0] ?? 0;
    // Windows itself knows who the drive is.
    const isOpenToAll = opcode === inquiry.command.opcode;
    if (this.#holder !== undefined && this.#holder.user !== user && !isOpenToAll) throw new CallFailed(LOCKED);
    const count = (this.commands.get(opcode) ?? 0) + 1;
    this.commands.set(opcode, count);
    this.last.set(opcode, Buffer.from(command.cdb).toString("hex"));
    const failure = this.script.failures?.find((each) => each.opcode === opcode && each.nth === count);
    if (failure !== undefined) throw new CallFailed(failure.hresult);
    if (this.script.writeMilliseconds !== undefined && writes.has(opcode)) await after(this.script.writeMilliseconds);
    if (this.script.discards && writes.has(opcode)) return { status: "good" };
    try {
      return await this.#recorder.execute(command);
    } catch (error) {
      if (MultisessionError.is(error) && error.code === "RECORDER_LOST") throw new CallFailed(DEVICE_GONE);
      throw error;
    }
  }

  acquire(user: object, client: string): void {
    this.#checkPresent();
    const isAnothers = this.#holder !== undefined && this.#holder.user !== user;
    if (this.script.owner !== undefined || isAnothers) throw new CallFailed(ACCESS_DENIED);
    this.#holder ??= { user, client, count: 0 };
    if (this.#holder.count++ === 0) this.held.push(client);
  }

  release(user: object): void {
    if (this.#holder?.user !== user) throw new CallFailed(UNEXPECTED);
    if (--this.#holder.count === 0) this.#holder = undefined;
  }

  silence(user: object, change: 1 | -1): void {
    const count = (this.#silences.get(user) ?? 0) + change;
    if (count < 0) throw new CallFailed(UNEXPECTED);
    this.#silences.set(user, count);
  }

  /** A connection has ended: Windows takes back what it held. */
  forget(user: object): void {
    if (this.#holder?.user === user) this.#holder = undefined;
    this.#silences.delete(user);
  }

  #checkPresent(): void {
    if (this.#isGone) throw new CallFailed(DEVICE_GONE);
  }
}
