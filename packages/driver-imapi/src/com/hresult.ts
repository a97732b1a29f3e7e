/** HRESULTs of COM itself and of Windows that this package gives or tells apart. Unsigned, as in Microsoft's headers. */
export const hresults = {
  ok: 0,
  notImplemented: 0x8000_4001,
  noInterface: 0x8000_4002,
  badPointer: 0x8000_4003,
  failed: 0x8000_4005,
  unexpected: 0x8000_ffff,
  memberNotFound: 0x8002_0003,
  typeMismatch: 0x8002_0005,
  unknownName: 0x8002_0006,
  badParameterCount: 0x8002_000e,
  changedMode: 0x8001_0106,
  classNotRegistered: 0x8004_0154,
  streamAccessDenied: 0x8003_0005,
  streamReadFault: 0x8003_001e,
  streamInvalidFunction: 0x8003_0001,
} as const;

/** A call of COM that failed. It becomes a `MultisessionError` before it leaves this package. */
export class ComError extends Error {
  /** Unsigned. */
  readonly hresult: number;
  /** The call, such as `IDiscRecorder2::EjectMedia`. */
  readonly call: string;

  constructor(hresult: number, call: string) {
    super(`${call} failed: 0x${(hresult >>> 0).toString(16).padStart(8, "0")}`);
    this.name = "ComError";
    this.hresult = hresult >>> 0;
    this.call = call;
  }
}

/** The HRESULT, unsigned. @throws ComError when it is a failure. */
export function checkHresult(hresult: number, call: string): number {
  if (hresult < 0 || hresult > 0x7fff_ffff) throw new ComError(hresult, call);
  return hresult;
}
