/** Numbers from 0 up to a limit, the same for a seed. */
export type Random = (limit: number) => number;

export declare function randomFrom(seed: number): Random;
export declare function damagedSession(random: Random): readonly Buffer[];
export declare function fuzz(
  of: {
    readonly port: number;
    readonly target: { readonly connections: number };
    readonly witness: () => Promise<void>;
  },
  options: { readonly seed: number; readonly isOver: (done: number) => boolean },
): Promise<number>;
