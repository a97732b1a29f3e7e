import type { Com } from "./com.ts";
import { guidBytes } from "./guid.ts";
import { type Arguments, type Interface, type Methods, type Result, slotOf } from "./interface.ts";
import type { Pointer } from "./runtime.ts";
import { PreparedCall } from "./signatures.ts";

/** What an asynchronous call ended with, success codes included. */
export interface Outcome<R> {
  /** Unsigned. */
  readonly hresult: number;
  readonly value: R;
}

/** One interface of a COM object, with one reference that is ours. */
export class ComObject<M extends Methods> implements Disposable {
  readonly #com: Com;
  readonly #of: Interface<M>;
  #pointer: Pointer;

  constructor(com: Com, pointer: Pointer, of: Interface<M>) {
    this.#com = com;
    this.#pointer = pointer;
    this.#of = of;
  }

  /** Its address; `null` after it was released. */
  get pointer(): Pointer {
    return this.#pointer;
  }

  /**
   * Calls a method on this thread. Only for methods that return at once: while it runs no event of another thread arrives,
   * and a server that waits for its event to be taken waits for ever.
   *
   * @throws ComError when it fails.
   */
  call<K extends keyof M & string>(method: K, ...values: Arguments<M[K]>): Result<M[K]> {
    const { slot, prepared, target, name } = this.#prepare(method, values);
    const run = this.#com.method(target, slot, this.#of.methods[method] ?? []);
    return prepared.finish(run(target, ...prepared.native), name) as Result<M[K]>;
  }

  /** Calls a method on another thread. @throws ComError when it fails. */
  async callAsync<K extends keyof M & string>(method: K, ...values: Arguments<M[K]>): Promise<Result<M[K]>> {
    return (await this.outcome(method, ...values)).value;
  }

  /** Calls a method on another thread and tells its success code too. @throws ComError when it fails. */
  outcome<K extends keyof M & string>(method: K, ...values: Arguments<M[K]>): Promise<Outcome<Result<M[K]>>> {
    const { slot, prepared, target, name } = this.#prepare(method, values);
    const run = this.#com.method(target, slot, this.#of.methods[method] ?? []);
    return new Promise((resolve, reject) => {
      // This function holds `prepared`, and with it the memory that native code uses.
      run.async(target, ...prepared.native, (error: unknown, hresult: number) => {
        if (error) {
          reject(error);
          return;
        }
        try {
          resolve({ hresult: hresult >>> 0, value: prepared.finish(hresult, name) as Result<M[K]> });
        } catch (failure) {
          reject(failure);
        }
      });
    });
  }

  /** `QueryInterface`. The caller releases what it gets. @throws ComError when the object has no such interface. */
  query<N extends Methods>(of: Interface<N>): ComObject<N> {
    const target = this.#target();
    const signature = ["bytes", "out pointer"] as const;
    const prepared = new PreparedCall(this.#com.automation, signature, [guidBytes(of.iid)], this.#com.addReference);
    const hresult = this.#com.method(target, 0, signature)(target, ...prepared.native);
    const found = prepared.finish(hresult, `${this.#of.name}::QueryInterface(${of.name})`);
    return this.#com.object(found as Pointer, of);
  }

  /** `Release`; idempotent. */
  release(): void {
    const pointer = this.#pointer;
    this.#pointer = null;
    if (pointer !== null) this.#com.releaseReference(pointer);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #prepare(method: string, values: readonly unknown[]) {
    const signature = this.#of.methods[method] ?? [];
    return {
      slot: slotOf(this.#of, method),
      prepared: new PreparedCall(this.#com.automation, signature, values, this.#com.addReference),
      target: this.#target(),
      name: `${this.#of.name}::${method}`,
    };
  }

  #target(): bigint {
    if (this.#pointer === null) throw new TypeError(`The ${this.#of.name} was released`);
    return this.#pointer;
  }
}
