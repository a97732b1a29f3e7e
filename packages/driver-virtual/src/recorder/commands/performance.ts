import {
  getPerformance,
  performance,
  setCdSpeed,
  setStreaming,
  streamingDescriptor,
  writeSpeeds,
} from "@multisession/mmc";
import {
  type CommandEntry,
  invalidField,
  invalidParameter,
  onDisc,
  onDrive,
  wrongListLength,
} from "../command-entry.ts";

/** SET STREAMING: a size that is no limit. */
const ANY = 0xffff_ffff;
/** Types of GET PERFORMANCE. */
const types = { nominal: 0, writeSpeed: 3 } as const;
/** Bit of the data type that asks for write speeds. */
const WRITE = 4;

/** Bits of the data type that ask for exceptions. */
const EXCEPTIONS = 3;

/** SET CD SPEED: as fast as it can be. */
const FASTEST = 0xffff;

/** GET PERFORMANCE, SET STREAMING and SET CD SPEED (MMC). Nominal speeds are those that are set. */
export const performanceCommands: readonly CommandEntry[] = [
  onDisc(getPerformance, ({ fields, state, drive }) => {
    const { traits } = drive;
    const endLba = state.blocks - 1;
    const most = fields.maximumDescriptors;
    if (fields.type === types.nominal) {
      // Exceptions to the nominal speeds: there are none.
      if ((fields.dataType & EXCEPTIONS) !== 0) return invalidField(getPerformance, "dataType");
      const isWrite = (fields.dataType & WRITE) !== 0;
      const { write, read, zones: all } = drive.timing.speeds;
      const speed = isWrite ? write : read;
      const zones = isWrite ? all : [];
      const speeds =
        zones.length > 0
          ? zones.map(({ from, to, ...ends }) => ({ startLba: from, endLba: to, ...ends }))
          : [{ startLba: 0, startSpeed: speed, endLba, endSpeed: speed }];
      return performance.build({ isWrite, speeds: speeds.slice(0, most) });
    }
    if (fields.type !== types.writeSpeed) return invalidField(getPerformance, "type");
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

  onDrive(setStreaming, ({ fields, dataOut, drive }) => {
    if (fields.type !== 0) return invalidField(setStreaming, "type");
    if (Math.min(dataOut.length, fields.parameterLength) < streamingDescriptor.size) return wrongListLength;
    const { restoreDefaults, readSize, readTime, writeSize, writeTime } = streamingDescriptor.parse(dataOut);
    const rate = (size: number, time: number): number =>
      size === ANY ? Number.POSITIVE_INFINITY : (1000 * size) / time;
    if (restoreDefaults) drive.timing.want({ read: Number.POSITIVE_INFINITY, write: Number.POSITIVE_INFINITY });
    else if (readTime === 0) return invalidParameter(streamingDescriptor, "readTime");
    else if (writeTime === 0) return invalidParameter(streamingDescriptor, "writeTime");
    else drive.timing.want({ read: rate(readSize, readTime), write: rate(writeSize, writeTime) });
    return undefined;
  }),

  onDrive(setCdSpeed, ({ fields, drive }) => {
    const rate = (speed: number): number => (speed === FASTEST ? Number.POSITIVE_INFINITY : speed);
    drive.timing.want({ read: rate(fields.readSpeed), write: rate(fields.writeSpeed) });
    return undefined;
  }),
];
