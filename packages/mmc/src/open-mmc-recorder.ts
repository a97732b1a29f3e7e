import { type CallOptions, MultisessionError } from "@multisession/core";
import { type Clock, systemClock } from "./clock.ts";
import { CommandChannel } from "./command-channel.ts";
import { inquiry, inquiryData } from "./commands/inquiry.ts";
import { MmcRecorder } from "./mmc-recorder.ts";
import type { ScsiTransport } from "./transport.ts";

/** Options of {@link openMmcRecorder}. */
export interface MmcRecorderOptions extends CallOptions {
  /** What `recorder.uri` is to be: names the recorder for people and for drivers. */
  readonly uri: string;
  /** Where waiting and time-outs take their time from. Default: the machine's. */
  readonly clock?: Clock;
}

/** Peripheral device type of CD, DVD and BD drives (SPC). */
const OPTICAL_DRIVE = 5;

/**
 * Opens a recorder over a transport. A tray without a disc is no error.
 *
 * The recorder owns the transport from now on: its `close` closes it, and so does a failure to open.
 *
 * @throws `UNKNOWN_DEVICE` when the device is no optical drive; `RECORDER_LOST`, `COMMAND_FAILED`, `CANCELLED`.
 */
export async function openMmcRecorder(transport: ScsiTransport, options: MmcRecorderOptions): Promise<MmcRecorder> {
  const { uri, signal, clock = systemClock } = options;
  try {
    const { deviceType, vendor, product, revision } = await inquire(transport, clock, uri, signal);
    if (deviceType !== OPTICAL_DRIVE) {
      throw new MultisessionError("UNKNOWN_DEVICE", `${transport.name} is no optical drive.`, { subject: uri });
    }
    return new MmcRecorder(transport, { uri, clock, drive: { vendor, product, revision } });
  } catch (error) {
    await transport.close();
    throw error;
  }
}

async function inquire(transport: ScsiTransport, clock: Clock, subject: string, signal: AbortSignal | undefined) {
  const allocationLength = inquiryData.size;
  const channel = new CommandChannel(transport, clock, () => {});
  const reply = await channel.execute({
    cdb: inquiry.build({ allocationLength }),
    dataInLength: allocationLength,
    purpose: "inspect",
    task: "tell its name",
    subject,
    signal,
  });
  return inquiryData.parse(reply);
}
