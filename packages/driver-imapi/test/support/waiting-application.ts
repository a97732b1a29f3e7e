import { pathToFileURL } from "node:url";
import { HostProcess } from "../../src/host-process.ts";

// An application that waits for nothing but a drive whose process is lost. It must hear of it, and not simply end.
const host = new HostProcess("drive", { program: pathToFileURL(process.argv[2] ?? "") });
host.calls.eject().catch(({ code }: { readonly code: string }) => console.log(code));
