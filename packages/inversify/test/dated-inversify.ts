import { MECHANISM_CONTEXT, MECHANISM_ID, type MechanismContext, PLUGINS, type Plugins } from "@multisession/core";
import { Sequential } from "@multisession/sequential";
import { inject, injectable } from "inversify";
import { CLOCK, type Clock, type Dated } from "./clock.ts";

/** An application's own mechanism in Inversify. */
@injectable()
export class DatedSequential extends Sequential implements Dated {
  readonly year: number;

  constructor(
    @inject(MECHANISM_ID) id: string,
    @inject(MECHANISM_CONTEXT) context: MechanismContext,
    @inject(CLOCK) clock: Clock,
  ) {
    super(id, context);
    this.year = clock.year;
  }
}

/** An application's own service that uses the plugins. */
@injectable()
export class Shelf {
  readonly ids: readonly string[];

  constructor(@inject(PLUGINS) plugins: Plugins) {
    this.ids = plugins.all.map(({ id }) => id);
  }
}
