// A process with a disc that is served, a BD-R of 25 GB unless told, and nothing else: its peak of resident memory is that of
// a recording, and it can be killed.
import { createDisc, openDisc } from "@multisession/driver-virtual";
import { IscsiTarget } from "@multisession/iscsi-target";

const [file, medium = "bd-r"] = process.argv.slice(2);
await createDisc(file, { medium, ...(medium === "dvd+rw" && { formatted: true }) });
const recorder = await openDisc(file);
const target = new IscsiTarget([recorder]);
const { port } = await target.listen({ port: 0 });
process.send?.({ port });
process.on("message", () => process.send?.({ peak: process.resourceUsage().maxRSS * 1024 }));
process.on("disconnect", async () => {
  await target.close();
  recorder.close();
});
