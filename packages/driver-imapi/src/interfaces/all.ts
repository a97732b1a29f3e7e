import type { Interface } from "../com/interface.ts";
import * as automation from "./automation.ts";
import * as fileSystemImage from "./file-system-image.ts";
import * as format from "./format.ts";
import * as multisession from "./multisession.ts";
import * as recorder from "./recorder.ts";

/** Every interface of this package, for checks that walk all of them. */
export const allInterfaces: readonly Interface[] = [automation, recorder, format, multisession, fileSystemImage]
  .flatMap((file) => Object.values<Interface | object>(file))
  .filter((value): value is Interface => "lineage" in value);
