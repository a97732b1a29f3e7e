import {
  burn,
  type CallOptions,
  type DiscRecorder,
  type FileSystem,
  type History,
  type IMultisession,
  type Medium,
  MultisessionError,
  type Negotiation,
  negotiate,
  nextIdentity,
  type Plugins,
  type Purpose,
  type RecordedVolume,
  RememberingReader,
  type SessionPlan,
  type StateRef,
} from "@multisession/core";
import type { ImageChanges } from "./changes.ts";
import { EditableTree } from "./editable-tree.ts";
import { baseOf, findAgain, type ImageOptions, purposesOf, stale, treeBaseOf } from "./image-base.ts";
import { ImageContents } from "./image-contents.ts";
import {
  checkSourceDate,
  type ImageBurnOptions,
  type ImagePlan,
  type ImagePlanOptions,
  type ImageReport,
  type MatchOptions,
} from "./image-plan.ts";
import { importNotes } from "./import-notes.ts";
import { type ImageSession, planImage } from "./plan-image.ts";
import { ProgressItems } from "./progress-items.ts";
import { proveVerified } from "./prove-verified.ts";
import type { Reader } from "./read-ahead/reader.ts";
import { readBack } from "./read-back.ts";
import { ReadingAhead } from "./reading-ahead.ts";
import { assertFree, withRecorder } from "./recorder-lock.ts";
import { checkDisc, checkIdentity, checkSame, planFromJSON, requestOf } from "./saved-plan.ts";
import { damagedToo } from "./snapshot.ts";
import { createCrew, justSeen, openState, probesOf, type Survey, survey, surveyAfter } from "./survey.ts";
import { checkVolumeName, volumeNameFor } from "./volume-name.ts";

/** What a plan was made from, to know whether it still holds. */
interface PlanBasis extends Omit<ImageSession, "contents"> {
  readonly revision: number;
}

/**
 * The front door: a disc's newest state plus edits, and the way to record them. It negotiates the mechanism and the
 * file systems, plans, burns, and verifies. IMAPI2: `IFileSystemImage`.
 */
export class FileSystemImage extends EditableTree implements AsyncDisposable {
  /**
   * Opens an image over the disc in a recorder: reads what it is, negotiates, and imports its newest state, whose
   * directories are read when they are looked at. Whoever opened the recorder closes it.
   *
   * @throws what `negotiate` throws, `PLUGIN_NOT_INSTALLED`, `UNKNOWN_SESSION`, `FOREIGN_CONTENT` and
   * `DAMAGED_CONTENT` for a disc that holds something that nobody can import, `BUSY`.
   */
  static async open(recorder: DiscRecorder, plugins: Plugins, options: ImageOptions = {}): Promise<FileSystemImage> {
    assertFree(recorder);
    if (options.volumeName !== undefined) checkVolumeName(options.volumeName);
    const crew = createCrew(recorder, plugins, options);
    const found = await survey(recorder, crew, await purposesOf(recorder, options), options);
    const base = options.isNewVolume === true ? undefined : baseOf(found, options.session, recorder);
    const volume = base && (await openState(justSeen(found), base, options));
    return new FileSystemImage(recorder, found, base, volume, options);
  }

  /** Reads a plan that was saved as JSON: `JSON.stringify(imagePlan.plan)`. @throws `PLAN_INVALID`. */
  static planFromJSON(json: string): SessionPlan {
    return planFromJSON(json);
  }

  readonly #recorder: DiscRecorder;
  readonly #options: ImageOptions;
  readonly #openedAt: number = Date.now();
  readonly #plans = new WeakMap<ImagePlan, PlanBasis>();
  #survey: Survey;
  #mechanisms: readonly IMultisession[];
  #base: StateRef | undefined;
  #importedVolumeName: string | undefined;
  #volumeName: string | undefined;
  /** The mechanism that read the history. */
  #historian: IMultisession;
  #isBurning = false;
  readonly #ahead = new ReadingAhead();
  /** Whether the disc is begun anew by the next burn. */
  #isNewVolume: boolean;

  private constructor(
    recorder: DiscRecorder,
    found: Survey,
    base: StateRef | undefined,
    volume: RecordedVolume | undefined,
    options: ImageOptions,
  ) {
    super(treeBaseOf(found, volume));
    const { signal: _, ...lasting } = options;
    this.#recorder = recorder;
    this.#options = lasting;
    this.#survey = found;
    this.#historian = found.negotiation.mechanism;
    this.#mechanisms = found.crew.mechanisms;
    this.#base = base;
    this.#importedVolumeName = volume?.volumeName;
    this.#volumeName = options.volumeName;
    this.#isNewVolume = options.isNewVolume === true;
  }

  /**
   * The mechanisms that are offered. Setting them negotiates at once, over what was read of the disc when the image was
   * opened or refreshed; a failure leaves the earlier list. IMAPI2: `MultisessionInterfaces`.
   *
   * @throws what `negotiate` throws, one code for each failure; `BUSY`.
   */
  get multisessionInterfaces(): readonly IMultisession[] {
    return this.#mechanisms;
  }

  set multisessionInterfaces(mechanisms: readonly IMultisession[]) {
    this.assertEditable();
    const { crew, medium, purpose } = this.#survey;
    const negotiation = negotiate({ ...crew, mechanisms, medium, purpose });
    this.#mechanisms = Object.freeze([...mechanisms]);
    this.#survey = { ...this.#survey, crew: { ...crew, mechanisms: this.#mechanisms }, negotiation };
  }

  /** The outcome of the negotiation, with all verdicts. */
  get negotiation(): Negotiation {
    return this.#survey.negotiation;
  }

  /** The mechanism that was chosen. */
  get mechanism(): IMultisession {
    return this.#survey.negotiation.mechanism;
  }

  /** The file systems that will be written. */
  get fileSystems(): readonly FileSystem[] {
    return this.#survey.negotiation.fileSystems;
  }

  /** What the disc was negotiated for. */
  get purpose(): Purpose {
    return this.#survey.purpose;
  }

  /** The disc as it was when the image was opened or refreshed. */
  get medium(): Medium {
    return this.#survey.medium;
  }

  /** What was on the disc then. */
  get history(): History {
    return this.#survey.history;
  }

  /** The state that was imported and that the next session builds on; absent for a first session. */
  get base(): StateRef | undefined {
    return this.#base;
  }

  /** Name of the volume that was imported. IMAPI2: `ImportedVolumeName`. */
  get importedVolumeName(): string | undefined {
    return this.#importedVolumeName;
  }

  /**
   * Name of the volume: the one that was set, else the imported one, else the local date; a plan with a source date
   * takes that date in UTC. Setting it is an edit. IMAPI2: `VolumeName`.
   *
   * @throws `INVALID_VOLUME_NAME`, `BUSY`.
   */
  get volumeName(): string {
    return this.#nameFor(volumeNameFor(this.#openedAt));
  }

  set volumeName(name: string) {
    this.assertIdle("renamed");
    const previous = this.#volumeName;
    this.#volumeName = checkVolumeName(name);
    this.remember(() => {
      this.#volumeName = previous;
    });
  }

  /**
   * Reads the medium and the history again. The edits stay when the state that they build on is still there.
   *
   * @throws `STALE` when it is not and there are edits, what `negotiate` throws, `BUSY`.
   */
  async refresh(options: CallOptions = {}): Promise<void> {
    this.assertIdle("refreshed");
    assertFree(this.#recorder);
    const found = await this.#look(options);
    const base = findAgain(found.history.states, this.#base);
    const isLost = base === undefined && (this.#base !== undefined || found.history.states.length > 0);
    if (isLost && !this.#isNewVolume) {
      if (this.isEdited) throw stale(this.#recorder, "What the image was built on is no longer on the disc.");
      return this.#adopt(found, options);
    }
    this.#survey = found;
    this.#historian = found.negotiation.mechanism;
    this.#base = base;
  }

  /**
   * Plans the session that would record the image: the same plan is printed, approved and executed. Reads directories
   * of the disc and no file.
   *
   * @throws the mechanism's refusal as an error (`DISC_FULL`, `NEEDS_RECOVERY`, `CONSENT_REQUIRED`, `DISC_CLOSED`, …);
   * `STALE` when the disc has changed; what the file systems throw for names that they cannot hold.
   */
  async plan(options: ImagePlanOptions = {}): Promise<ImagePlan> {
    const { fixed, sourceDate } = options;
    checkSourceDate(sourceDate);
    // What depends on nothing but its input does not depend on where it is recorded either.
    const zone = sourceDate === undefined ? "local" : "utc";
    const name = this.#nameFor(volumeNameFor(fixed?.time ?? sourceDate ?? this.#openedAt, zone));
    return this.#ahead.unlessFailing(this.#plan(options, name));
  }

  /** The parts of a plan's session with their blocks. IMAPI2: `ProgressItems`. */
  progressItems({ planned }: ImagePlan): ProgressItems {
    return new ProgressItems(planned.shape);
  }

  /**
   * Records a plan of this image, proves that the disc shows it, and reads it back. Afterwards the image is the disc's
   * new state, ready for another session.
   *
   * @throws `STALE` when the image was changed since, `BUSY` while another burn runs, what core's `burn` throws, and
   * `VERIFY_FAILED` when what was read back differs; each difference was told as an event before.
   */
  async burn(plan: ImagePlan, options: ImageBurnOptions = {}): Promise<ImageReport> {
    const basis = this.#plans.get(plan);
    if (basis === undefined) throw new TypeError("The plan was made by another image");
    this.assertIdle("recorded");
    if (basis.revision !== this.revision)
      throw stale(this.#recorder, "The image was changed, or recorded, after the plan was made.");
    return withRecorder(this.#recorder, async () => {
      this.#isBurning = true;
      try {
        return await this.#burn(plan, basis, options);
      } finally {
        this.#isBurning = false;
      }
    });
  }

  /**
   * Makes the plan of this image that a saved one describes, with its time and identity. `deduplicate`: as it was planned.
   *
   * @throws `WRONG_DISC` when it was made for another disc or state, `PLAN_DIFFERS` with the list of differences, and
   * as `plan`.
   */
  matchPlan(saved: SessionPlan, options: MatchOptions = {}): Promise<ImagePlan> {
    return this.#ahead.unlessFailing(this.#match(saved, options));
  }

  /** Burns a plan that was saved as JSON, if it still is what was approved. @throws `PLAN_INVALID`, and as `matchPlan` and `burn`. */
  async burnSaved(json: string, options: ImageBurnOptions & MatchOptions = {}): Promise<ImageReport> {
    const saved = planFromJSON(json);
    const { signal, deduplicate = true } = options;
    const match = { deduplicate, readAhead: true, ...(signal === undefined ? {} : { signal }) };
    return this.burn(await this.matchPlan(saved, match), options);
  }

  /** Removes what was kept of streams. The recorder stays open. Idempotent. @throws `BUSY` while a burn runs. */
  async close(): Promise<void> {
    this.assertEditable();
    await this.#ahead.stop();
    await this.clear();
  }

  /** As `close`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  protected override assertEditable(): void {
    if (this.#isBurning)
      throw new MultisessionError("BUSY", `A burn to ${this.#recorder.uri} is running.`, {
        subject: this.#recorder.uri,
      });
  }

  #nameFor(otherwise: string): string {
    const imported = this.#importedVolumeName?.trim() === "" ? undefined : this.#importedVolumeName;
    return this.#volumeName ?? imported ?? otherwise;
  }

  async #look(options: CallOptions): Promise<Survey> {
    const purposes = this.#isNewVolume ? (["first"] as const) : undefined;
    return survey(this.#recorder, this.#survey.crew, purposes, { ...this.#options, ...options });
  }

  /** Makes the disc's newest state the image. */
  async #adopt(
    found: Survey,
    options: CallOptions,
    historian: IMultisession = found.negotiation.mechanism,
  ): Promise<void> {
    const base = baseOf(found, undefined, this.#recorder);
    const volume = base && (await openState(justSeen(found), base, options));
    this.#survey = found;
    this.#historian = historian;
    this.#base = base;
    this.#importedVolumeName = volume?.volumeName;
    this.#isNewVolume = false;
    this.restart(treeBaseOf(found, volume));
    await this.clear();
  }

  async #match(saved: SessionPlan, options: MatchOptions): Promise<ImagePlan> {
    const { history } = this.#survey;
    const { uri } = this.#recorder;
    checkDisc(saved, this.#survey, uri);
    const name = this.#nameFor(saved.state?.label ?? volumeNameFor(saved.fixed.time));
    const plan = await this.#plan({ ...options, ...requestOf(saved) }, name);
    checkIdentity(saved, nextIdentity(history, { kind: saved.intent }));
    checkSame(saved, plan.plan, uri);
    return plan;
  }

  async #plan(options: ImagePlanOptions, volumeName: string): Promise<ImagePlan> {
    this.assertIdle("planned");
    assertFree(this.#recorder);
    const { signal } = options;
    const call: CallOptions = signal === undefined ? {} : { signal };
    await this.#ahead.stop();
    await this.#checkSnapshot(call);
    const { revision, root, volume } = this;
    const [recorder, survey, base, isNewVolume] = [this.#recorder, this.#survey, this.#base, this.#isNewVolume];
    const made = await this.readUnedited(async () => {
      const takeReader = (): Reader => this.reader.take();
      const image = { recorder, survey, root, volumeName, base, volume, isNewVolume, takeReader };
      const session = await planImage(image, options);
      await this.#ahead.keep(session.contents);
      const summary = await this.changeSummary({ ...call, skipsUnread: session.sharesFolders });
      return { session, summary, notes: [...importNotes(this.findings), ...session.notes] };
    });
    if (made === undefined || revision !== this.revision)
      throw stale(recorder, "The image was changed while it was planned.");
    const { session, summary, notes } = made;
    const { contents: _, ...basis } = session;
    const { planned, isCheckpoint, sharesFolders } = basis;
    const changes = async (options?: CallOptions): Promise<ImageChanges> => {
      const read = () => this.changes({ ...options, skipsUnread: sharesFolders });
      const listed = revision === this.revision ? await this.readUnedited(read) : undefined;
      if (listed === undefined || revision !== this.revision)
        throw stale(recorder, "The image was changed, or recorded, after the plan was made.");
      return listed;
    };
    const plan: ImagePlan = { plan: planned.plan, planned, notes, summary, changes, isCheckpoint };
    this.#plans.set(plan, { ...basis, revision });
    this.#ahead.isFor(plan);
    return plan;
  }

  /** The disc must still be the one that was read; a mechanism that was set since reads the history itself. */
  async #checkSnapshot(options: CallOptions): Promise<void> {
    const medium = await this.#recorder.medium(options);
    if (medium.generation !== this.medium.generation)
      throw stale(this.#recorder, "The disc was changed after the image was opened.");
    if (this.#historian === this.mechanism) return;
    const history = await this.mechanism.history(medium, probesOf(this.#survey.crew), options);
    const base = findAgain(history.states, this.#base);
    if (this.#base !== undefined && base === undefined)
      throw stale(this.#recorder, `The mechanism "${this.mechanism.id}" does not find the state that was imported.`);
    this.#survey = { ...this.#survey, history };
    this.#historian = this.mechanism;
    this.#base = base;
  }

  async #burn(plan: ImagePlan, basis: PlanBasis, options: ImageBurnOptions): Promise<ImageReport> {
    const { signal, onEvent, verify = true } = options;
    const call: CallOptions = signal === undefined ? {} : { signal };
    const events = onEvent === undefined ? {} : { onEvent };
    const contents = (await this.#ahead.take(plan)) ?? new ImageContents(basis, () => this.reader.take());
    const [recorder, reader] = [this.#recorder, new RememberingReader(this.#recorder)];
    const request = { planned: plan.planned, recorder, reader, mechanism: this.mechanism, contents };
    const probes = probesOf(this.#survey.crew);
    const report = await burn({ ...call, ...events, ...request, probes }).finally(() => contents.close());
    const damaged = [...report.damaged, ...damagedToo(report.damaged, basis)];
    await this.#adopt(surveyAfter(recorder, reader, this.#survey, report), {}, this.mechanism);
    if (!verify) return { ...report, damaged };
    const verification = await readBack(recorder, report, { ...call, ...events });
    proveVerified(verification, this.progressItems(plan), recorder, onEvent);
    return { ...report, damaged, verification };
  }
}
