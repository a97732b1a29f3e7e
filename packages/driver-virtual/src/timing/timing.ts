import { BLOCK_BYTES, type Blocks, type Lba } from "@multisession/core";
import type { CapturedZone, Clock } from "@multisession/mmc";
import type { DriveTraits } from "../recorder/drive-traits.ts";
import { SimulatedClock } from "./simulated-clock.ts";

/** Speeds that hold now; 1000 bytes per second, which is bytes per millisecond. */
export interface Speeds {
  /** Of writing. */
  readonly write: number;
  /** Of reading. */
  readonly read: number;
  /** Constant angular velocity: `write` is reached at the edge of a disc of so many blocks. */
  readonly angularOver?: Blocks | undefined;
  /** Stretches of the disc, none faster than `write`. */
  readonly zones: readonly CapturedZone[];
  /** Size of the buffer. */
  readonly bufferBytes: number;
}

/** What a host wants; a drive takes the fastest of its speeds that is not above it. */
interface WantedSpeeds {
  readonly write: number;
  readonly read: number;
}

const fastest: WantedSpeeds = { write: Number.POSITIVE_INFINITY, read: Number.POSITIVE_INFINITY };

/** What of the timing belongs to a snapshot. */
export interface TimingSnapshot {
  readonly wanted: WantedSpeeds;
  readonly elapsed: number;
  readonly level: number;
  readonly rate: number;
  readonly now: number;
}

/**
 * The time that a drive takes, and the fill of its buffer. Without a clock time passes at once: everything is done when its
 * command is answered, and the time that a real drive would have taken is only counted.
 */
export class Timing {
  readonly #clock: Clock | undefined;
  readonly #traits: () => DriveTraits;
  #wanted = fastest;
  #speeds: Speeds | undefined;
  /** Time that was counted without a clock. */
  #elapsed = 0;
  /** Time that the answer to a command is still to be held back. */
  #held = 0;
  /** Bytes in the buffer at the time `#since`. */
  #level = 0;
  #since = 0;
  /** Speed at which the buffer gets onto the medium where it was written last. */
  #rate = 1;

  constructor(clock: Clock | undefined, traits: () => DriveTraits) {
    this.#clock = clock;
    this.#traits = traits;
  }

  /** Whether time passes at once. */
  get isAtOnce(): boolean {
    return this.#clock === undefined;
  }

  /** Milliseconds of the clock; without one, those that were counted. */
  get now(): number {
    return this.#clock === undefined ? this.#elapsed : this.#clock.now() + this.#held;
  }

  /** Lets time pass before the command is answered. */
  pass(milliseconds: number): void {
    if (this.#clock === undefined) this.#elapsed += milliseconds;
    else if (this.#clock instanceof SimulatedClock) this.#clock.advance(milliseconds);
    else this.#held += milliseconds;
  }

  /** Waits for what {@link pass} could not let pass at once: the machine's time. */
  async catchUp(): Promise<void> {
    if (this.#held === 0) return;
    const held = this.#held;
    this.#held = 0;
    await this.#clock?.sleep(held);
  }

  /** The speeds that hold now. */
  get speeds(): Speeds {
    this.#speeds ??= speedsOf(this.#traits(), this.#wanted);
    return this.#speeds;
  }

  /** The medium is another one, or formatted in another way. */
  forgetSpeeds(): void {
    this.#speeds = undefined;
  }

  /** SET CD SPEED and SET STREAMING; infinite is the fastest. */
  want(wanted: Partial<WantedSpeeds>): void {
    this.#wanted = { ...this.#wanted, ...wanted };
    this.forgetSpeeds();
  }

  /** Blocks were read. */
  read(blocks: Blocks): void {
    this.pass((blocks * BLOCK_BYTES) / this.speeds.read);
  }

  /** Whether so many blocks fit into the buffer now. */
  hasRoom(blocks: Blocks): boolean {
    return (
      this.isAtOnce || this.filled + blocks * BLOCK_BYTES <= Math.max(this.speeds.bufferBytes, blocks * BLOCK_BYTES)
    );
  }

  /** Blocks come into the buffer; where there is no room, once there is. */
  write(at: Lba, blocks: Blocks): void {
    const bytes = blocks * BLOCK_BYTES;
    const speed = speedAt(this.speeds, at);
    const before = this.filled;
    this.#rate = speed;
    if (this.isAtOnce) {
      this.#elapsed += bytes / speed;
      return;
    }
    this.#level = before;
    this.#since = this.now;
    const excess = before + bytes - this.speeds.bufferBytes;
    if (excess > 0) this.pass(Math.min(excess, before) / speed);
    this.#level = this.filled + bytes;
    this.#since = this.now;
  }

  /** Bytes in the buffer that are not on the medium yet. */
  get filled(): number {
    return Math.max(0, this.#level - (this.now - this.#since) * this.#rate);
  }

  /** The buffer goes onto the medium; gives the time that this takes. */
  drain(): number {
    const duration = this.filled / this.#rate;
    this.#level = 0;
    return duration;
  }

  /** What belongs to a snapshot. */
  snapshot(): TimingSnapshot {
    return { wanted: this.#wanted, elapsed: this.#elapsed, level: this.filled, rate: this.#rate, now: this.now };
  }

  /** Goes back to a snapshot, but for the time of a clock. */
  restore({ wanted, elapsed, level, rate }: TimingSnapshot): void {
    this.#wanted = wanted;
    this.#elapsed = elapsed;
    this.#level = level;
    this.#rate = rate;
    this.#since = this.now;
    this.forgetSpeeds();
  }
}

function speedsOf(
  { writeSpeeds, readSpeed, writeZones, bufferBytes, mediumBlocks }: DriveTraits,
  wanted: WantedSpeeds,
): Speeds {
  const offered = writeSpeeds.toSorted((a, b) => b.speed - a.speed);
  const chosen = offered.find(({ speed }) => speed <= wanted.write) ?? offered.at(-1);
  const write = Math.max(1, chosen?.speed ?? 1);
  const capped = (speed: number): number => Math.max(1, Math.min(speed, wanted.write));
  const zones = writeZones.map((zone) => ({
    ...zone,
    startSpeed: capped(zone.startSpeed),
    endSpeed: capped(zone.endSpeed),
  }));
  const read = Math.max(1, Math.min(readSpeed, wanted.read));
  return { write, read, zones, bufferBytes, ...(chosen?.isAngular && { angularOver: mediumBlocks }) };
}

/** Radius of the recorded area of a disc of 12 cm, inside and outside; millimetres (ECMA-267 and others). */
const radii = { inner: 24, outer: 58 } as const;

/** At constant angular velocity the speed is as the radius, and the blocks up to a radius are as the area (one layer). */
function angularShare(at: Lba, blocks: Blocks): number {
  const [inner, outer] = [radii.inner ** 2, radii.outer ** 2];
  const area = inner + (outer - inner) * Math.min(1, at / Math.max(1, blocks));
  return Math.sqrt(area) / radii.outer;
}

/** Speed of writing at a block: inside a stretch it grows evenly. */
function speedAt({ write, zones, angularOver }: Speeds, at: Lba): number {
  if (zones.length === 0) return angularOver === undefined ? write : write * angularShare(at, angularOver);
  const zone = zones.find(({ to }) => at <= to);
  if (zone === undefined) return write;
  const share = Math.max(0, at - zone.from) / Math.max(1, zone.to - zone.from);
  return zone.startSpeed + (zone.endSpeed - zone.startSpeed) * share;
}
