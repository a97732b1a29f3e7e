import { keepHeapSmall } from "./frugal-heap.ts";

// Before the rest is loaded, for the heap grows by that already.
keepHeapSmall();
const { runProcess } = await import("./command-process.ts");
await runProcess();
