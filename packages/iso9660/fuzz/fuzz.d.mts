/** The packages that are tried: built, or from their sources. */
export interface Packages {
  readonly core: typeof import("@multisession/core");
  readonly iso9660: typeof import("@multisession/iso9660");
}

/** Numbers from 0 up to a limit, the same for a seed. */
export type Random = (limit: number) => number;

export declare function randomFrom(seed: number): Random;
export declare function makeCorpus(packages: Packages): Promise<readonly Buffer[]>;
export declare function damage(original: Buffer, blockBytes: number, random: Random): Buffer;
export declare function readDamaged(packages: Packages, image: Buffer): Promise<void>;
export declare function fuzz(
  packages: Packages,
  options: {
    readonly seed: number;
    readonly isOver: (done: number) => boolean;
    /** Images besides those of {@link makeCorpus}. */
    readonly more?: readonly Buffer[];
  },
): Promise<number>;
