import type { VirtualRecorder } from "@multisession/driver-virtual";
import type { Com } from "../../src/com/com.ts";
import { type ComServer, type FaceOf, face } from "../../src/com/com-server.ts";
import { ComError } from "../../src/com/hresult.ts";
import type { Pointer } from "../../src/com/runtime.ts";
import { iDiscRecorder2, iDiscRecorder2Ex } from "../../src/interfaces/recorder.ts";
import type { StandInDevice } from "./scenario.ts";
import { StandInBurner } from "./stand-in-burner.ts";

const SENSE = 0x00aa_0200;
const INVALID_ARGUMENT = 0x8007_0057;
const ACCESS_DENIED = 0x8007_0005;
const DEVICE_GONE = 0x8007_0037;
const UNEXPECTED = 0x8000_ffff;

/** A drive with a virtual recorder behind it, and its state as IMAPI2 keeps it. */
export class StandInDrive {
  readonly device: StandInDevice;
  readonly recorder: VirtualRecorder | undefined;
  readonly #com: Com;
  readonly #note: (call: string) => void;
  readonly #counts = new Map<number, number>();
  #holds = 0;
  #client = "";
  #silences = 0;
  #isGone = false;

  constructor(com: Com, device: StandInDevice, recorder: VirtualRecorder | undefined, note: (call: string) => void) {
    this.#com = com;
    this.device = device;
    this.recorder = recorder;
    this.#note = note;
  }

  /** Commands as IMAPI2 itself sends them. */
  burner(): StandInBurner {
    if (this.recorder === undefined) throw new ComError(0xc0aa_0202, "no disc");
    return new StandInBurner(this.recorder);
  }

  /** Whether a program holds it alone. */
  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** Notes a call that changes something. */
  note(call: string): void {
    this.#note(call);
  }

  /** The two interfaces of a recorder object, once it is initialised. */
  static faces(find: (id: string) => StandInDrive | undefined): readonly FaceOf[] {
    let drive: StandInDrive | undefined;
    const mine = (): StandInDrive => {
      if (drive === undefined) throw new ComError(UNEXPECTED, "not initialised");
      if (drive.#isGone) throw new ComError(DEVICE_GONE, "gone");
      return drive;
    };
    return [
      face(iDiscRecorder2, {
        InitializeDiscRecorder: (id) => {
          drive = find(id);
          if (drive === undefined) throw new ComError(0x8007_0002, "no such drive");
        },
        get_ActiveDiscRecorder: () => mine().device.id,
        get_VendorId: () => "MSESSION",
        get_ProductId: () => "STAND-IN Ä中     ",
        get_ProductRevision: () => "0001",
        get_VolumeName: () => `\\\\?\\Volume{${mine().device.id.length}}\\`,
        get_VolumePathNames: () => mine().device.paths,
        get_DeviceCanLoadMedia: () => true,
        get_LegacyDeviceNumber: () => 0,
        get_SupportedProfiles: () => [0x43, 0x41],
        get_ExclusiveAccessOwner: () => mine().device.owner ?? mine().#client,
        EjectMedia: () => mine().#note("eject"),
        CloseTray: () => mine().#note("load"),
        AcquireExclusiveAccess: (force, client) => mine().#acquire(force, client),
        ReleaseExclusiveAccess: () => mine().#release(),
        DisableMcn: () => mine().#silence(),
        EnableMcn: () => mine().#listen(),
      }),
      face(iDiscRecorder2Ex, {
        SendCommandNoData: (cdb, length, sense) => void mine().#execute([cdb, length, sense]),
        SendCommandSendDataToDevice: (cdb, length, sense, _timeout, data, bytes) =>
          void mine().#execute([cdb, length, sense], { data, bytes, isOut: true }),
        SendCommandGetDataFromDevice: (cdb, length, sense, _timeout, data, bytes) =>
          mine().#execute([cdb, length, sense], { data, bytes, isOut: false }),
        GetByteAlignmentMask: () => mine().device.alignmentMask ?? 3,
        GetMaximumNonPageAlignedTransferSize: () => (mine().device.maxTransferBytes ?? 65_536) - 4096,
        GetMaximumPageAlignedTransferSize: () => mine().device.maxTransferBytes ?? 65_536,
      }),
    ];
  }

  #acquire(force: boolean, client: string): void {
    if (this.device.owner !== undefined) throw new ComError(ACCESS_DENIED, "held");
    this.#holds++;
    this.#client = client;
    this.#note(`acquire ${client}${force ? " by force" : ""}`);
  }

  #release(): void {
    if (this.#holds === 0) throw new ComError(UNEXPECTED, "not held");
    this.#holds--;
    if (this.#holds === 0) this.#client = "";
    this.#note("release");
  }

  #silence(): void {
    this.#silences++;
    this.#note("silence");
  }

  #listen(): void {
    if (this.#silences === 0) throw new ComError(UNEXPECTED, "not silenced");
    this.#silences--;
    this.#note("listen");
  }

  #execute(
    [cdbAt, length, senseAt]: readonly [Pointer, number, Pointer],
    transfer?: { readonly data: Pointer; readonly bytes: number; readonly isOut: boolean },
  ): number {
    const { memory } = this.#com;
    const cdb = Uint8Array.from(memory.bytes(cdbAt ?? 0n, length));
    if (length !== lengthFor(cdb[0] ?? 0)) throw new ComError(INVALID_ARGUMENT, "length of the CDB");
    if (transfer !== undefined) this.#checkTransfer(transfer);
    this.#fail(cdb[0] ?? 0);
    if (this.recorder === undefined) throw new ComError(0xc0aa_0202, "no disc");
    const bytes = transfer === undefined ? undefined : memory.bytes(transfer.data ?? 0n, transfer.bytes);
    const { status, sense, dataIn } = this.recorder.run({
      cdb,
      ...(transfer?.isOut && bytes && { dataOut: Uint8Array.from(bytes) }),
      ...(transfer?.isOut === false && { dataInLength: transfer.bytes }),
    });
    if (dataIn !== undefined) bytes?.set(dataIn);
    if (sense !== undefined) memory.bytes(senseAt ?? 0n, 18).set(sense.subarray(0, 18));
    if (status === "check-condition") throw new ComError(SENSE, "sense data");
    return dataIn?.length ?? 0;
  }

  #checkTransfer({ data, bytes }: { readonly data: Pointer; readonly bytes: number }): void {
    const { alignmentMask = 3, maxTransferBytes = 65_536 } = this.device;
    const isAligned = ((data ?? 0n) & BigInt(alignmentMask)) === 0n;
    const most = (data ?? 0n) % 4096n === 0n ? maxTransferBytes : maxTransferBytes - 4096;
    if (!isAligned || bytes > most) throw new ComError(INVALID_ARGUMENT, "transfer");
  }

  #fail(opcode: number): void {
    const count = (this.#counts.get(opcode) ?? 0) + 1;
    this.#counts.set(opcode, count);
    const fault = this.device.faults?.find((each) => each.opcode === opcode && each.nth === count);
    if (fault?.crash) this.#com.memory.int32(8n);
    if (fault?.blocks !== undefined) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, fault.blocks);
    if (fault?.hresult === undefined) return;
    this.#isGone = fault.hresult === DEVICE_GONE;
    throw new ComError(fault.hresult, "fault");
  }
}

/** Length of a CDB by the group of its opcode, as IMAPI2 demands it. */
function lengthFor(opcode: number): number {
  return [6, 10, 10, 16, 16, 12][opcode >> 5] ?? 16;
}

/** Makes recorder objects that can be initialised with one of these drives. */
export function recorderClass(server: ComServer, drives: ReadonlyMap<string, StandInDrive>): () => bigint {
  return () => server.serve(...StandInDrive.faces((id) => drives.get(id))).pointer;
}
