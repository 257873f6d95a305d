import type { Assignment, StackConfig } from './targets.ts';

/** The stack that keeps what Backline may do in one tenant: the double in tests, Pulumi otherwise. */
export interface IntegrationStack {
  /**
   * What the stack holds, after a look at what became of it; undefined when there is no stack. With `dryRun` the look leaves no
   * trace in what is stored.
   */
  read(options: { readonly dryRun: boolean }): Promise<Held | undefined>;
  /** What `up` would do. Stores nothing. */
  preview(config: StackConfig): Promise<Outcome>;
  /** Makes the stack if there is none, stores the configuration and changes Azure accordingly. */
  up(config: StackConfig): Promise<Outcome>;
  /** What `destroy` would do. */
  previewDestroy(): Promise<Outcome>;
  /** Takes away all that the stack holds, and then the stack. */
  destroy(): Promise<Outcome>;
}

/** What a stack holds. */
export interface Held {
  readonly config: StackConfig;
  readonly assignments: readonly HeldAssignment[];
  /** Assignments that the stack made and somebody else took away since. */
  readonly vanished: readonly Assignment[];
  readonly hasPrincipal: boolean;
}

export interface HeldAssignment extends Assignment {
  /** Resource id of the assignment. */
  readonly id: string;
}

/** What a run did to one resource, or would do. */
export interface Change {
  /** Undefined: it is the service principal. */
  readonly assignment?: Assignment & { readonly id?: string };
  readonly action: 'create' | 'keep' | 'change' | 'delete';
  readonly hasFailed: boolean;
}

/** How a run of Pulumi ended. */
export interface Outcome {
  readonly isOk: boolean;
  readonly changes: readonly Change[];
  /** What Pulumi complained of, in its words. */
  readonly errors: readonly string[];
  readonly principalObjectId?: string;
  /** The line that connects the registries to a hub; absent without registries. */
  readonly connectCommand?: string;
}
