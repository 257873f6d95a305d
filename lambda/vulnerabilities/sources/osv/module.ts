/**
 * Modular rpm packages carry the module build in their release: `.module+el8.5.0+738+032c9c02` (Red Hat, Rocky Linux),
 * `.module_el8.6.0+2781+fed64c13` (AlmaLinux).
 */
const MODULAR_RELEASE = /\.module[+_]el/;
/** `Red Hat Security Advisory: `, `Important: ` and the like before the names in a title. */
const TITLE_PREFIX = /^(?:Red Hat [A-Za-z ]{1,40}Advisory|Critical|Important|Moderate|Low|Unknown|None): ?/;
const NAME_AND_STREAM = /(?<![\w.+:-])[A-Za-z0-9][\w.+-]{0,60}:[A-Za-z0-9][\w.-]{0,40}(?![\w:-])/g;

/** Stands for a stream that the record does not give: no installed package has it, so that nothing matches by guess. */
export const UNKNOWN_STREAM = 'unknown';

/** True when the fixed version was built as part of a module. */
export function isModular(version: string): boolean {
  return MODULAR_RELEASE.test(version);
}

/**
 * The streams a distribution's record is about. Records of Red Hat, AlmaLinux and Rocky Linux have no field for them;
 * their titles do: `Important: nodejs:20 security update`, `virt:rhel and virt-devel:rhel security update`. With two
 * streams the record does not say which package is of which: each counts for both. `unknown` when the title has none.
 */
export function streamsOf(summary: string | undefined): readonly string[] {
  const found = (summary ?? '').replace(TITLE_PREFIX, '').match(NAME_AND_STREAM);
  return found === null ? [UNKNOWN_STREAM] : [...new Set(found)];
}
