import { BdrPow, bdrPow } from "@multisession/bdr-pow";
import {
  CHAIN_UNIT,
  defineMechanism,
  FIRST_SESSION,
  type History,
  type ImageShape,
  type MechanismContext,
  type MechanismPlugin,
  type Medium,
  type Multisession,
  type Needs,
  type Offer,
  type SessionIntent,
  type SessionOffer,
  type Settlement,
} from "@multisession/core";
import { RandomWrite, randomWrite } from "@multisession/random-write";
import { Sequential, sequential } from "@multisession/sequential";

/** A mechanism with one fault, the rule that is made for it, and what the rule says. */
export interface Broken {
  readonly fault: string;
  readonly plugin: MechanismPlugin;
  /** The same mechanism without the fault. */
  readonly sound: MechanismPlugin;
  /** Name of the disc case that it is tried on. */
  readonly disc: string;
  readonly rule: string;
  readonly says: RegExp;
}

type OfferInputs = [Medium, History, SessionIntent, Needs];
type Maker = new (id: string, context: MechanismContext) => Multisession;

const plugin = (sound: MechanismPlugin, Class: Maker): MechanismPlugin => {
  const { id, contract, supports } = sound;
  return defineMechanism({ id, contract, supports, create: (context) => new Class(id, context) });
};

/** Changes an offer and leaves a refusal alone. */
const changed = (made: SessionOffer, change: (offer: Offer) => Offer): SessionOffer =>
  made.kind === "offer" ? change(made) : made;

class CommitsEarly extends RandomWrite {
  override settle(offer: Offer, shape: ImageShape | undefined): Settlement {
    const made = super.settle(offer, shape);
    return made.kind === "settled" ? { ...made, steps: made.steps.filter(({ step }) => step !== "barrier") } : made;
  }
}

class WritesBelow extends Sequential {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    return changed(super._offer(...inputs), (made) => {
      const start = Math.max(0, made.space.sessionStart - inputs[0].unit);
      const ranges = made.space.ranges.map((range) => ({ ...range, start, next: start }));
      return { ...made, space: { ...made.space, ranges, sessionStart: start } };
    });
  }
}

class StartsBetween extends RandomWrite {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    return changed(super._offer(...inputs), (made) => ({
      ...made,
      space: { ...made.space, sessionStart: made.space.sessionStart + CHAIN_UNIT / 2 },
    }));
  }
}

class StartsOver extends RandomWrite {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    return changed(super._offer(...inputs), (made) => {
      const ranges = made.space.ranges.map((range) => (range.start === 0 ? range : { ...range, start: FIRST_SESSION }));
      return { ...made, space: { ...made.space, ranges, sessionStart: FIRST_SESSION } };
    });
  }
}

class Moody extends Sequential {
  #asked = 0;

  protected override _offer(...inputs: OfferInputs): SessionOffer {
    this.#asked += 1;
    return changed(super._offer(...inputs), (made) => ({ ...made, consequences: [`Asked ${this.#asked} times.`] }));
  }
}

class Curious extends Sequential {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    void this.importRecorder.medium();
    return super._offer(...inputs);
  }
}

class Vandal extends Sequential {
  protected override _offer(...[medium, history, intent, needs]: OfferInputs): SessionOffer {
    (history.states as unknown[]).reverse();
    return super._offer(medium, history, intent, needs);
  }
}

/** Its commit takes a cluster behind the session that nobody counts, and it looks away where that would show. */
class ForgetsTheCommit extends BdrPow {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    return changed(super._offer(...inputs), (made) => {
      const ranges = made.space.ranges.map((range) => ({
        ...range,
        ...(range.perUnit && { perUnit: range.perUnit.filter(({ resource }) => resource !== "blocks") }),
      }));
      return { ...made, space: { ...made.space, ranges } };
    });
  }

  protected override _settle(offer: Offer, shape: ImageShape | undefined): Settlement {
    const made = super._settle(offer, shape);
    if (made.kind === "refused") return made;
    const steps = made.steps.map((step) =>
      step.step === "refresh-medium" ? { ...step, expect: { ...step.expect, next: [] } } : step,
    );
    return { ...made, steps };
  }
}

class ClosesAlone extends Sequential {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    return changed(super._offer(...inputs), (made) => {
      const closes = made.preparation.filter((step) => step.step === "close");
      if (inputs[2].kind !== "recover" || closes.length === 0) return made;
      const { givesUp: _, ...rest } = made;
      return {
        ...rest,
        content: "none",
        preparation: [],
        finish: closes,
        closedSessions: (made.closedSessions ?? 1) - 1,
      };
    });
  }
}

class KeepsNoRoom extends Sequential {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    return changed(super._offer(...inputs), (made) => ({ ...made, reserve: 0 }));
  }
}

class Understates extends RandomWrite {
  protected override _settle(offer: Offer, shape: ImageShape | undefined): Settlement {
    const made = super._settle(offer, shape);
    if (made.kind === "refused") return made;
    return { ...made, cost: made.cost.map(({ resource, amount }) => ({ resource, amount: Math.floor(amount / 2) })) };
  }
}

class AsksForNothing extends BdrPow {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    return changed(super._offer(...inputs), (made) => ({
      ...made,
      preparation: made.preparation.map((step) =>
        step.step === "prepare" ? { ...step, isIrreversible: false } : step,
      ),
    }));
  }
}

class NeverRecovers extends Sequential {
  protected override _offer(...inputs: OfferInputs): SessionOffer {
    const [, , { kind }] = inputs;
    if (kind !== "recover") return super._offer(...inputs);
    return { kind: "refused", code: "NEEDS_RECOVERY", reason: "I do not know how.", advice: "Use another disc." };
  }
}

const claimsTooMuch = defineMechanism({
  ...sequential(),
  supports: { media: ["bd-r", "dvd+rw"], intents: ["first", "append", "close", "recover"] },
});

const bdR = "BD-R, as bought";
const dvd = "DVD+RW, formatted";
const pow = "BD-R, formatted for pseudo-overwrite";
const onBdR = (Class: Maker) => ({ plugin: plugin(sequential(), Class), sound: sequential(), disc: bdR });
const onDvd = (Class: Maker) => ({ plugin: plugin(randomWrite(), Class), sound: randomWrite(), disc: dvd });
const onPow = (Class: Maker, disc = pow) => ({ plugin: plugin(bdrPow(), Class), sound: bdrPow(), disc });

/** Every rule has at least one mechanism that breaks it alone on purpose. */
export const brokenMechanisms: readonly Broken[] = [
  {
    fault: "commits before the payload is durable",
    ...onDvd(CommitsEarly),
    rule: "burn/order",
    says: /commits before what it commits is durable/,
  },
  {
    fault: "writes one unit below the next writable address",
    ...onBdR(WritesBelow),
    rule: "aligned/next",
    says: /at 32 lies over session 1, which ends at 64/,
  },
  {
    fault: "starts a session where no reader looks",
    ...onDvd(StartsBetween),
    rule: "aligned/chain",
    says: /multiples of 32, not at 48/,
  },
  {
    fault: "starts every session at the same place",
    ...onDvd(StartsOver),
    rule: "keep/earlier",
    says: /at 32 lies over session 1/,
  },
  { fault: "answers by its mood", ...onBdR(Moody), rule: "pure/offer", says: /answers differently/ },
  { fault: "asks the disc while it offers", ...onBdR(Curious), rule: "pure/offer", says: /asks the disc/ },
  { fault: "changes what it is given", ...onBdR(Vandal), rule: "pure/offer", says: /inputs cannot be changed/ },
  {
    fault: "forgets the cluster of its commit in the size",
    ...onPow(ForgetsTheCommit),
    rule: "burn/chain-end",
    says: /the recorder goes on at/,
  },
  {
    fault: "closes an interrupted session alone",
    ...onBdR(ClosesAlone),
    rule: "cut/recovery",
    says: /closes an interrupted session and publishes none behind it/,
  },
  { fault: "keeps no room for a repair", ...onBdR(KeepsNoRoom), rule: "cut/room", says: /no room to recover/ },
  { fault: "understates the cost", ...onDvd(Understates), rule: "burn/cost", says: /used \d+ blocks/ },
  {
    fault: "formats for good without asking",
    ...onPow(AsksForNothing, bdR),
    rule: "refuse/without-consent",
    says: /can be undone, and it cannot/,
  },
  {
    fault: "does not recover",
    ...onBdR(NeverRecovers),
    rule: "cut/recovery",
    says: /recovery fails: I do not know how/,
  },
  {
    fault: "claims a medium that it cannot write",
    plugin: claimsTooMuch,
    sound: randomWrite(),
    disc: dvd,
    rule: "claims/medium",
    says: /It claims dvd\+rw and says: overwritable/,
  },
];
