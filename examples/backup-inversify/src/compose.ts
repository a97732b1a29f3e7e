import { bdrPow } from "@multisession/bdr-pow";
import type { Plugin } from "@multisession/core";
import { virtual } from "@multisession/driver-virtual";
import { multisessionModule } from "@multisession/inversify";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { Container } from "inversify";
import { Backup } from "./backup.ts";

/** The application's container. */
export function composeBackup(): Container {
  const container = new Container();
  container.load(multisessionModule(virtual(), iso9660(), sequential(), randomWrite(), bdrPow()));
  container.bind(Backup).toSelf();
  return container;
}

/** The same application with some plugins in the place of those with their ids. */
export function composeWith(container: Container, ...instead: readonly Plugin[]): Container {
  const child = new Container({ parent: container });
  child.load(multisessionModule(...instead));
  return child;
}
