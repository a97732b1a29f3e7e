// An application that burns one file, by the writer that it is told, unless it is ended before.
import { tmpdir } from "node:os";
import { burnFile } from "../../test/support/burning.ts";
import { hostProgram } from "./support.ts";

const [, , name = "", writer] = process.argv;
const driver = writer === "imapi2" ? ({ writer, imapi2: { spoolFolder: tmpdir() } } as const) : {};
await burnFile(hostProgram, name, Buffer.alloc(4_000_000, "large "), { driver });
