import type { WriteProgress } from "./data-writer.ts";
import type { DeviceFacts } from "./devices.ts";
import type { EraseProgress } from "./eraser.ts";
import type { HostOperations } from "./host.ts";

/** What the application asks of a host process. Arguments and results are data that can be cloned. */
export interface HostRequest {
  readonly id: number;
  readonly operation: keyof HostOperations;
  readonly values: readonly unknown[];
}

/** A failure on its way from the host process. */
export interface HostFailure {
  readonly message: string;
  /** Unsigned; present when a call of COM failed. */
  readonly hresult?: number;
  /** The call that failed. */
  readonly call?: string;
  /** Client that holds the drive, where it is held by another. */
  readonly owner?: string;
}

/** What a host process tells by itself. */
export type HostEvent =
  /** A drive was plugged in or out. */
  | { readonly type: "device"; readonly change: "added" | "removed"; readonly id: string; readonly facts?: DeviceFacts }
  /** The writer of IMAPI2 works. */
  | ({ readonly type: "write" } & WriteProgress)
  /** The eraser of IMAPI2 works. */
  | ({ readonly type: "erase" } & EraseProgress);

/** What a host process sends. */
export type HostMessage =
  /** It cannot work here at all, and ends. */
  | { readonly kind: "unusable"; readonly reason: string }
  | { readonly kind: "reply"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly failure: HostFailure }
  | { readonly kind: "event"; readonly event: HostEvent };

/** The operations as the application sees them: all of them take time. */
export type HostCalls = {
  readonly [K in keyof HostOperations]: (
    ...values: Parameters<HostOperations[K]>
  ) => Promise<Awaited<ReturnType<HostOperations[K]>>>;
};
