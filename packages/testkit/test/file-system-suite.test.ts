import { iso9660 } from "@multisession/iso9660";
import { runFileSystemSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

runFileSystemSuite({ describe, it, plugin: iso9660() });
