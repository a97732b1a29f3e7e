import {
  getPerformance,
  performance,
  setCdSpeed,
  setStreaming,
  streamingDescriptor,
  writeSpeeds,
} from "@multisession/mmc";
import { type CommandEntry, invalidField, onDisc, onDrive, wrongListLength } from "../command-entry.ts";

/** Types of GET PERFORMANCE. */
const types = { nominal: 0, writeSpeed: 3 } as const;
/** Bit of the data type that asks for write speeds. */
const WRITE = 4;

/** GET PERFORMANCE, SET STREAMING and SET CD SPEED (MMC). The virtual recorder is as fast as it can be, whatever is set. */
export const performanceCommands: readonly CommandEntry[] = [
  onDisc(getPerformance, ({ fields, state, drive }) => {
    const { traits } = drive;
    const endLba = state.blocks - 1;
    const most = fields.maximumDescriptors;
    if (fields.type === types.nominal) {
      const isWrite = (fields.dataType & WRITE) !== 0;
      const speed = (isWrite ? traits.writeSpeeds[0]?.speed : traits.readSpeed) ?? 0;
      const zones = isWrite ? traits.writeZones : [];
      const speeds =
        zones.length > 0
          ? zones.map(({ from, to, ...ends }) => ({ startLba: from, endLba: to, ...ends }))
          : [{ startLba: 0, startSpeed: speed, endLba, endSpeed: speed }];
      return performance.build({ isWrite, speeds: speeds.slice(0, most) });
    }
    if (fields.type !== types.writeSpeed) return invalidField;
    const all = traits.writeSpeeds.map(({ speed, isAngular }) => ({
      rotation: isAngular ? 1 : 0,
      restoreDefaults: false,
      exact: false,
      mixed: false,
      endLba,
      readSpeed: traits.readSpeed,
      writeSpeed: speed,
    }));
    return writeSpeeds.build(all.slice(0, most));
  }),

  onDrive(setStreaming, ({ fields, dataOut }) => {
    if (fields.type !== 0) return invalidField;
    return dataOut.length < streamingDescriptor.size ? wrongListLength : undefined;
  }),

  onDrive(setCdSpeed, () => undefined),
];
