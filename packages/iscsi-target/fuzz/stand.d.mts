/** The packages that are tried: built, or from their sources. */
export interface Packages {
  readonly iscsiTarget: typeof import("@multisession/iscsi-target");
  readonly driverVirtual: typeof import("@multisession/driver-virtual");
}

/** What damaged sessions are tried on. */
export interface Stand {
  readonly port: number;
  readonly target: { readonly connections: number };
  readonly witness: () => Promise<void>;
}

export declare function ask(port: number): Promise<void>;
export declare function withStand<T>(packages: Packages, work: (stand: Stand) => Promise<T>): Promise<T>;
