import type { Advisory, AdvisorySeverity, AffectedPackage } from '../advisory.ts';
import type { AffectedEntry } from '../record.ts';
import type { RecordFacts } from './stored-record.ts';

/**
 * An advisory of an open shard. What decides a match (`affected`) is there at once; the facts are read when first asked
 * for, because most advisories of a package do not match and a kernel has six thousand. They are properties of the class:
 * a spread copies `affected` alone, `toJSON` gives everything.
 */
export class StoredAdvisory implements Advisory {
  readonly affected: AffectedPackage;
  readonly #own: readonly AdvisorySeverity[];
  readonly #row: number;
  readonly #read: (row: number) => RecordFacts;
  #known: RecordFacts | undefined;

  /** `read` gives the facts of a record by its row in the shard. */
  constructor(entry: AffectedEntry, row: number, read: (row: number) => RecordFacts) {
    this.affected = entry.package;
    this.#own = entry.severities;
    this.#row = row;
    this.#read = read;
  }

  get id(): string {
    return this.#facts.id;
  }

  get aliases(): readonly string[] {
    return this.#facts.aliases;
  }

  get upstream(): readonly string[] {
    return this.#facts.upstream;
  }

  get related(): readonly string[] {
    return this.#facts.related;
  }

  /** Undefined when the record has none: to a reader the same as absent. */
  get published(): string {
    return this.#facts.published as string;
  }

  get modified(): string {
    return this.#facts.modified;
  }

  /** Undefined when the record has none: to a reader the same as absent. */
  get summary(): string {
    return this.#facts.summary as string;
  }

  get severities(): readonly AdvisorySeverity[] {
    const shared = this.#facts.severities;
    return this.#own.length === 0 ? shared : [...this.#own, ...shared];
  }

  get cwes(): readonly string[] {
    return this.#facts.cwes;
  }

  get source(): string {
    return this.#facts.source;
  }

  toJSON(): Advisory {
    return { ...this.#facts, severities: this.severities, affected: this.affected };
  }

  get #facts(): RecordFacts {
    return (this.#known ??= this.#read(this.#row));
  }
}
