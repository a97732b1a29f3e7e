/** Source text of an expression that gives a driver's descriptor, as another copy of core would make it. */
export function driverText(id: string, contract: number = 1): string {
  return `Object.defineProperty({ kind: "driver", id: "${id}", contract: ${contract}, create() { throw new Error("never opened"); } }, Symbol.for("@multisession/core/plugin"), { value: true })`;
}
