import { MultisessionError } from "@multisession/core";
import { type ChannelCommand, type CommandChannel, timeouts } from "./command-channel.ts";
import { configuration, configurationRequests, getConfiguration } from "./commands/configuration.ts";
import { features } from "./commands/features.ts";
import { preventAllow, startStopUnit } from "./commands/unit.ts";
import { senseKeys } from "./sense.ts";

/** What is told of each command, without the command itself. */
type Told = Omit<ChannelCommand, "cdb">;

/** Whether the drive says that it can both eject and load (feature 0003h). */
export async function canReload(channel: CommandChannel, told: Told): Promise<boolean> {
  const { code } = features.removableMedium;
  const allocationLength = 256;
  const requestType = configurationRequests.one;
  const cdb = getConfiguration.build({ requestType, feature: code, allocationLength });
  const reply = await channel.execute({ ...told, cdb, dataInLength: allocationLength });
  const feature = configuration.parse(reply).features.find((candidate) => candidate.code === code);
  if (!feature) return false;
  const { load, eject } = features.removableMedium.read(feature);
  return load && eject;
}

/** Ejects the disc. `false`: the drive refuses, and the disc is where it was. */
export async function eject(channel: CommandChannel, told: Told): Promise<boolean> {
  const command = { ...told, timeout: timeouts.ready };
  try {
    await channel.execute({ ...command, cdb: preventAllow.build({ prevent: false }) });
    await channel.execute({ ...command, cdb: startStopUnit.build({ loadEject: true }) });
    return true;
  } catch (error) {
    if (MultisessionError.is(error) && error.sense?.key === senseKeys.illegalRequest) return false;
    throw error;
  }
}

/** Loads the disc that was ejected, and waits until it can be used. */
export async function load(channel: CommandChannel, told: Told): Promise<void> {
  const cdb = startStopUnit.build({ loadEject: true, start: true });
  await channel.execute({ ...told, cdb, timeout: timeouts.ready });
  await channel.waitUntilReady(told);
}
