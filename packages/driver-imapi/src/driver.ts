import {
  type CallOptions,
  type DeviceEntry,
  type Driver,
  type DriverPlugin,
  defineDriver,
  MultisessionError,
} from "@multisession/core";
import { openMmcRecorder } from "@multisession/mmc";
import { findDevice, isDriveLetter, SCHEME, textOf, uriOf } from "./device-name.ts";
import { HostProcess } from "./host-process.ts";
import { ImapiRecorder } from "./imapi-recorder.ts";
import { type ExclusiveAccess, ImapiTransport } from "./imapi-transport.ts";
import { isWindows, requireWindows } from "./require-windows.ts";
import type { ImapiWriterOptions } from "./writer/imapi-executor.ts";

/** Options of {@link imapi}. */
export interface ImapiOptions {
  /**
   * Name under which other programs see who holds the drive. Letters, digits, spaces and `. , : ; - _`. Default:
   * `Multisession`.
   */
  readonly client?: string;
  /** Take the drive also when other programs have files of its disc open, which are cut off then. Default: `false`. */
  readonly force?: boolean;
  /**
   * Who carries out plans: this package's own commands through the pass-through, with every mechanism, or IMAPI2's own writer,
   * which publishes by closing a session or by a head. Default: `pass-through`.
   */
  readonly writer?: "pass-through" | "imapi2";
  /** Options of IMAPI2's own writer. */
  readonly imapi2?: ImapiWriterOptions;
  /**
   * Where the program lies that works with the drive in a process of its own: needed only when the application was bundled
   * into one file. Default: `host/main.js` of this package.
   */
  readonly hostProgram?: URL;
}

/** What IMAPI2 takes as the name of a client; its longest is 63 characters and a zero. */
const clientName = /^[A-Za-z0-9 .,:;_-]{1,63}$/;

/**
 * The driver of Windows drives, named by letter (`D:`) or as `imapi:D:` or `imapi:` with IMAPI2's identifier.
 *
 * @throws `TypeError` when the client's name has characters that IMAPI2 does not take.
 */
export function imapi(options: ImapiOptions = {}): DriverPlugin {
  if (options.client !== undefined && !clientName.test(options.client))
    throw new TypeError(`"${options.client}" is no name of a client: letters, digits, spaces and . , : ; - _`);
  return defineDriver({
    id: "imapi",
    contract: 1,
    package: "@multisession/driver-imapi",
    create: () => new ImapiDriver(options),
  });
}

class ImapiDriver implements Driver {
  readonly id = "imapi";
  readonly #access: ExclusiveAccess;
  readonly #program: URL | undefined;
  readonly #writer: ImapiWriterOptions | undefined;

  constructor({ client = "Multisession", force = false, writer, imapi2 = {}, hostProgram }: ImapiOptions) {
    this.#access = { client, force };
    this.#program = hostProgram;
    this.#writer = writer === "imapi2" ? imapi2 : undefined;
  }

  async list({ signal }: CallOptions = {}): Promise<readonly DeviceEntry[]> {
    if (!isWindows(this.#program)) return [];
    const host = new HostProcess("Windows' list of drives", { program: this.#program });
    try {
      const devices = await host.calls.devices();
      signal?.throwIfAborted();
      return devices.map((device) => ({ uri: uriOf(device), text: textOf(device) }));
    } finally {
      await host.close();
    }
  }

  async claims(device: string): Promise<boolean> {
    return device.startsWith(SCHEME) || (isWindows(this.#program) && isDriveLetter(device));
  }

  async open(device: string, { signal }: CallOptions = {}): Promise<ImapiRecorder> {
    requireWindows(device, `${device} is a drive of Windows`, this.#program);
    if (signal?.aborted) throw cancelled(device, signal.reason);
    const host = new HostProcess(device, { program: this.#program });
    try {
      const found = findDevice(await host.calls.devices(), device);
      if (found === undefined) throw notFound(device);
      const opened = await host.calls.open(found.id);
      const uri = uriOf(found);
      const transport = new ImapiTransport(textOf(found), host, opened, this.#access);
      const mmc = await openMmcRecorder(transport, { uri, ...(signal && { signal }) });
      const { client } = this.#access;
      return new ImapiRecorder(mmc, host, {
        device: opened.facts,
        client,
        acquire: () => transport.acquire(),
        release: () => transport.release(),
        ...(this.#writer && { writer: this.#writer }),
      });
    } catch (error) {
      await host.close();
      throw error;
    }
  }
}

function notFound(subject: string): MultisessionError {
  const message = `Windows shows no CD, DVD or BD drive ${subject}.`;
  return new MultisessionError("DEVICE_NOT_FOUND", message, {
    subject,
    advice: "`multisession devices` lists the drives; a drive must be plugged in and usable by this user.",
  });
}

function cancelled(subject: string, cause: unknown): MultisessionError {
  return new MultisessionError("CANCELLED", `Opening ${subject} was cancelled.`, { subject, cause });
}
