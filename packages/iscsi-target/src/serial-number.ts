/** The number after `number`: command and status numbers go round at 2^32 (RFC 1982). */
export function next(number: number, by = 1): number {
  return (number + by) >>> 0;
}

/** How far `number` lies behind `from` in serial arithmetic: negative when it comes before (RFC 1982). */
export function distance(from: number, number: number): number {
  return (number - from) | 0;
}
