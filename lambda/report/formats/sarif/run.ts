import type { Invocation, Notification, Run } from 'sarif';
import { safeText } from '../../../shared/text.ts';
import { gapsOf, gapText, hiddenText } from '../../coverage-text.ts';
import { platformText } from '../../image-name.ts';
import { inOrder } from '../../order.ts';
import { outcome } from '../../outcome.ts';
import type { ImageReport } from '../../report.ts';
import { resultsOf } from './result.ts';
import { rulesOf } from './rule.ts';

/** One image on one platform. */
export function runOf(report: ImageReport): Run {
  const { image, tool } = report;
  const findings = inOrder(report.findings);
  const rules = rulesOf(findings);
  return {
    tool: { driver: { name: tool.name, version: tool.version, rules } },
    // Tells the runs of one file apart, and replaces earlier results of the same image and platform.
    automationDetails: { id: safeText(`${tool.name}/${image.name}/${platformText(image)}/`) },
    invocations: [invocationOf(report)],
    originalUriBaseIds: { IMAGE: { description: { text: "root of the image's file system" } } },
    columnKind: 'utf16CodeUnits',
    results: resultsOf(report, findings, new Map(rules.map(({ id }, index) => [id, index]))),
    properties: {
      image: image.name,
      manifestDigest: image.manifestDigest,
      platform: platformText(image),
      coverage: outcome(report),
    },
  };
}

/** A run of which nothing could be read did not succeed; what was covered in part is among its notifications. */
function invocationOf(report: ImageReport): Invocation {
  const endTime = new Date(report.scannedAt);
  return {
    executionSuccessful: outcome(report) !== 'none',
    ...(Number.isNaN(endTime.getTime()) ? {} : { endTimeUtc: endTime.toISOString() }),
    toolExecutionNotifications: notificationsOf(report),
  };
}

function notificationsOf(report: ImageReport): Notification[] {
  const hidden = hiddenText(report);
  return [
    ...gapsOf(report).map(
      (gap): Notification => ({
        level: gap.outcome === 'none' ? 'error' : 'warning',
        descriptor: { id: `coverage/${gap.reason ?? gap.outcome}` },
        message: { text: safeText(gapText(gap)) },
      }),
    ),
    ...(hidden === undefined
      ? []
      : [{ level: 'note', descriptor: { id: 'hidden' }, message: { text: hidden } } as const]),
  ];
}
