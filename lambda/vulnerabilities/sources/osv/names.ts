const RUNS_OF_SEPARATORS = /[-_.]+/g;

/** `Debian` of `Debian:12`: the folder of a mirror and the family of a version order. */
export function ecosystemFamily(ecosystem: string): string {
  const colon = ecosystem.indexOf(':');
  return colon === -1 ? ecosystem : ecosystem.slice(0, colon);
}

/**
 * The ecosystem as packages are looked up. `Packagist:https://packages.drupal.org/8` names a repository, not a release:
 * Composer names are one name space, and an installed package does not say where it came from.
 */
export function lookupEcosystem(ecosystem: string): string {
  return ecosystem.startsWith('Packagist:') ? 'Packagist' : ecosystem;
}

/** The name as the ecosystem compares it. PyPI: https://peps.python.org/pep-0503/#normalized-names */
export function lookupName(ecosystem: string, name: string): string {
  switch (ecosystem) {
    case 'PyPI':
      return name.toLowerCase().replaceAll(RUNS_OF_SEPARATORS, '-');
    case 'NuGet':
    case 'Packagist':
      return name.toLowerCase();
    default:
      return name;
  }
}
