import {
  type CallOptions,
  type DeviceEntry,
  type DiscRecorder,
  type Driver,
  type DriverPlugin,
  defineDriver,
} from "@multisession/core";

/** How a drive of Windows is named on any system. */
const SCHEME = "imapi:";

/** The driver of Windows drives, loaded only where there are any, or where one is named. */
export function windowsDrives(): DriverPlugin {
  return defineDriver({
    id: "imapi",
    contract: 1,
    package: "@multisession/driver-imapi",
    create: () => new WindowsDrives(),
  });
}

class WindowsDrives implements Driver {
  readonly id = "imapi";
  readonly #isWindows = process.platform === "win32";

  async list(options?: CallOptions): Promise<readonly DeviceEntry[]> {
    return this.#isWindows ? (await driver()).list(options) : [];
  }

  async claims(device: string): Promise<boolean> {
    return (this.#isWindows || device.startsWith(SCHEME)) && (await driver()).claims(device);
  }

  async open(device: string, options?: CallOptions): Promise<DiscRecorder> {
    return (await driver()).open(device, options);
  }
}

async function driver(): Promise<Driver> {
  const { imapi } = await import("@multisession/driver-imapi");
  return imapi().create();
}
