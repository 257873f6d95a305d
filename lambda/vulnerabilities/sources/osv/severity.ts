import type { AdvisorySeverity } from '../../advisory.ts';
import type { OsvAffected, OsvRecord } from './schema.ts';

/** AlmaLinux and Rocky Linux put Red Hat's word before the title. */
const TITLE_WORD = /^(?<word>Critical|Important|Moderate|Low): /;

/** What holds for the whole record: its CVSS vectors, then the words of its source. */
export function recordSeverities(record: OsvRecord): readonly AdvisorySeverity[] {
  const words = [record.database_specific?.severity, TITLE_WORD.exec(record.summary ?? '')?.groups?.['word']];
  return unique([...vectors(record.severity), ...words.flatMap(vendor)]);
}

/** What the record says for one package. Debian's `not yet assigned` is no statement. */
export function affectedSeverities(affected: OsvAffected): readonly AdvisorySeverity[] {
  const specific = affected.ecosystem_specific;
  // The asterisks of `low**` mark who set the urgency. https://security-team.debian.org/security_tracker.html
  const urgency = specific?.urgency?.replace(/\*+$/, '');
  const words = [
    urgency === 'not yet assigned' || urgency === 'end-of-life' ? undefined : urgency,
    specific?.ubuntu_priority,
    affected.database_specific?.severity,
  ];
  return unique([...vectors(affected.severity), ...words.flatMap(vendor)]);
}

function vectors(list: OsvRecord['severity']): readonly AdvisorySeverity[] {
  return (list ?? []).flatMap(({ type, score }): AdvisorySeverity[] => {
    switch (type) {
      case 'CVSS_V2':
      case 'CVSS_V3':
      case 'CVSS_V4':
        return [{ type, value: score }];
      case 'Ubuntu':
        return [{ type: 'vendor', value: score }];
      default:
        return [];
    }
  });
}

function vendor(word: string | undefined): AdvisorySeverity[] {
  return word === undefined || word === '' ? [] : [{ type: 'vendor', value: word }];
}

function unique(list: readonly AdvisorySeverity[]): readonly AdvisorySeverity[] {
  return list.filter(
    (item, at) => list.findIndex((other) => other.type === item.type && other.value === item.value) === at,
  );
}
