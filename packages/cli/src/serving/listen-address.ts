import { UsageError } from "../usage-error.ts";

/** Port of iSCSI (RFC 7143, 4.2.7). */
export const ISCSI_PORT = 3260;

/** An address as the user writes it: `127.0.0.1:3260`, `[::1]:3260`, `myhost`. @throws `UsageError` */
export function listenAddress(text: string): { readonly host: string; readonly port: number } {
  const {
    host,
    inBrackets,
    port = String(ISCSI_PORT),
  } = /^(?:\[(?<inBrackets>[^\]]+)\]|(?<host>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups ?? {};
  const name = inBrackets ?? host;
  if (name === undefined || Number(port) > 65_535)
    throw new UsageError(`"${text}" is no address to listen on.`, "Write it like 127.0.0.1:3260 or [::1]:3260.");
  return { host: name, port: Number(port) };
}

/** A port as the user writes it. @throws `UsageError` */
export function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError(`"${text}" is no port.`, "Write a number like 3260.");
  return Number(text);
}

/** Number of a drive as the user writes it. @throws `UsageError` */
export function driveNumber(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new UsageError(`"${text}" is no number of a drive.`, "The first drive is 0.");
  return Number(text);
}
