import type { Com } from "../com/com.ts";
import type { ComObject } from "../com/com-object.ts";
import { ComError } from "../com/hresult.ts";
import { classIds } from "../interfaces/class-ids.ts";
import { iDiscMaster2, iDiscRecorder2 } from "../interfaces/recorder.ts";

/** What is known of a drive without touching its disc. */
export interface DeviceFacts {
  /** IMAPI2's unique identifier, such as `\\?\cdrom#…`. */
  readonly id: string;
  /** Who made it. */
  readonly vendor: string;
  /** What it is. */
  readonly product: string;
  /** Its firmware. */
  readonly revision: string;
  /** Drive letters and folders under which its disc is mounted. */
  readonly paths: readonly string[];
  /** The volume's name, which has no letter: `\\?\Volume{…}\`. */
  readonly volume: string;
  /** Whether it can pull its tray in by itself. */
  readonly canLoad: boolean;
}

/** IMAPI2's recorder object. */
export type RecorderObject = ComObject<(typeof iDiscRecorder2)["methods"]>;

/** Opens a drive by its identifier. The caller releases it. @throws ComError */
export async function openRecorder(com: Com, id: string): Promise<RecorderObject> {
  const recorder = com.create(classIds.discRecorder, iDiscRecorder2);
  try {
    await recorder.callAsync("InitializeDiscRecorder", id);
    return recorder;
  } catch (error) {
    recorder.release();
    throw error;
  }
}

/** What a drive says of itself. */
export async function factsOf(recorder: RecorderObject, id: string): Promise<DeviceFacts> {
  const paths = await recorder.callAsync("get_VolumePathNames");
  return {
    id,
    vendor: (await recorder.callAsync("get_VendorId")).trim(),
    product: (await recorder.callAsync("get_ProductId")).trim(),
    revision: (await recorder.callAsync("get_ProductRevision")).trim(),
    paths: paths.map(String),
    volume: await recorder.callAsync("get_VolumeName"),
    canLoad: await recorder.callAsync("get_DeviceCanLoadMedia"),
  };
}

/** All drives; one that cannot be asked, because it is leaving or not allowed, is left out. */
export async function listDevices(com: Com): Promise<readonly DeviceFacts[]> {
  using master = com.create(classIds.discMaster, iDiscMaster2);
  const count = await master.callAsync("get_Count");
  const devices: DeviceFacts[] = [];
  for (let index = 0; index < count; index++) {
    try {
      const id = await master.callAsync("get_Item", index);
      using recorder = await openRecorder(com, id);
      devices.push(await factsOf(recorder, id));
    } catch (error) {
      if (!(error instanceof ComError)) throw error;
    }
  }
  return devices;
}
