import { type CapturedMedium, type DriveCapture, profiles } from "@multisession/mmc";

/** A drive that the virtual recorder can behave as: what was captured of a real one, with a name. */
export interface DriveProfile extends DriveCapture {
  /** Name on the command line. */
  readonly id: string;
  /** For people. */
  readonly text: string;
}

/** Families of media. */
type Family = "cd" | "dvd" | "bd";

/**
 * MMC profiles of some families of media, highest first as is customary: what a drive lists whose list was not captured.
 */
export function profilesOf(...families: readonly Family[]): readonly string[] {
  return [...profiles]
    .filter(([, { family }]) => families.includes(family))
    .map(([number]) => number)
    .sort((a, b) => b - a)
    .map(hex4);
}

/** Four hexadecimal digits, as captures write codes. */
export function hex4(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, "0");
}

/** Speeds at constant linear velocity. */
export function linear(...speeds: readonly number[]): NonNullable<CapturedMedium["writeSpeeds"]> {
  return speeds.map((speed) => ({ speed }));
}

/** Speeds at constant angular velocity. */
export function angular(...speeds: readonly number[]): NonNullable<CapturedMedium["writeSpeeds"]> {
  return speeds.map((speed) => ({ speed, isAngular: true }));
}
