import { statSync } from "node:fs";
import { resolve } from "node:path";
import {
  type CallOptions,
  type DiscRecorder,
  type Driver,
  type DriverPlugin,
  defineDriver,
  MultisessionError,
} from "@multisession/core";
import { openMmcRecorder } from "@multisession/mmc";
import { stateFileOf } from "./disc-file/names.ts";
import { type OpenDiscOptions, openDisc } from "./disc-file/open-disc.ts";
import { readOnlyRecorder } from "./read-only-recorder.ts";
import type { VirtualRecorder } from "./recorder/virtual-recorder.ts";

/** Options of {@link virtual}. */
export interface VirtualOptions extends OpenDiscOptions {
  /** Hears of every recorder that is opened, before anything is asked of it: to arm faults, to log it. What it throws closes the recorder. */
  readonly onOpen?: (recorder: VirtualRecorder, path: string) => void;
}

/** What names a disc file in a URI. */
const SCHEME = "virtual:";
/** Customary end of a disc file's name. */
const SUFFIX = ".disc";
/** A URI of any scheme. A scheme of one letter is a drive of Windows. */
const uri = /^[a-z][a-z0-9+.-]+:/i;

/** The driver of virtual recorders: its devices are disc files, named by path or as `virtual:PATH`. */
export function virtual(options: VirtualOptions = {}): DriverPlugin {
  return defineDriver({
    id: "virtual",
    contract: 1,
    package: "@multisession/driver-virtual",
    create: () => new VirtualDriver(options),
  });
}

class VirtualDriver implements Driver {
  readonly id = "virtual";
  readonly #options: VirtualOptions;

  constructor(options: VirtualOptions) {
    this.#options = options;
  }

  /** Disc files lie anywhere: none is found without its name. */
  async list(): Promise<readonly []> {
    return [];
  }

  async claims(device: string): Promise<boolean> {
    if (device.startsWith(SCHEME)) return true;
    if (uri.test(device)) return false;
    return device.endsWith(SUFFIX) || (isFile(device) && isFile(stateFileOf(device)));
  }

  async open(device: string, { signal }: CallOptions = {}): Promise<DiscRecorder> {
    const path = resolve(device.startsWith(SCHEME) ? device.slice(SCHEME.length) : device);
    if (signal?.aborted) {
      throw new MultisessionError("CANCELLED", "Opening the disc file was cancelled.", {
        subject: path,
        cause: signal.reason,
      });
    }
    const recorder = await openDisc(path, this.#options);
    try {
      this.#options.onOpen?.(recorder, path);
    } catch (error) {
      recorder.close();
      throw error;
    }
    const transport = { ...recorder.transport(), close: async (): Promise<void> => recorder.close() };
    const { clock } = this.#options;
    const options = { uri: `${SCHEME}${path}`, ...(signal && { signal }), ...(clock && { clock }) };
    const opened = await openMmcRecorder(transport, options).catch((error: unknown) => {
      recorder.close();
      throw error;
    });
    return recorder.access === "data-only" ? readOnlyRecorder(opened) : opened;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false; // a place that may not even be looked at
  }
}
