/** Names that Windows gives to devices, whatever comes behind a dot. */
const windowsDevices = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/**
 * Why a name from a disc must not be used for a file here; nothing when it may. A name that is a path, or that stands for
 * the folder itself or the one above, could lead outside the folder that the user named.
 */
export function unsafeName(name: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (name === "") return "it has no name";
  if (name === "." || name === "..") return `"${name}" is no name`;
  if (name.includes("/")) return "its name holds a /";
  if (name.includes("\0")) return "its name holds a null character";
  if (platform !== "win32") return undefined;
  if (/[\\:*?"<>|]/.test(name)) return "its name holds a character that Windows does not allow";
  if (windowsDevices.test(name)) return "its name is that of a Windows device";
  return /[. ]$/.test(name) ? "its name ends in a dot or space, which Windows drops" : undefined;
}
