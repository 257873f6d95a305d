import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';

/** Where the functions put their metrics, and the service they put them under. */
export const METRICS_NAMESPACE = 'Backline';
export const METRICS_SERVICE = 'backline';

/**
 * What the functions count, as far as it is looked at here. `ImagesPartial` are among the scanned: something in them could not be read or
 * matched. `RepositoryGaps` are repositories and regions that could not be listed, without the `RepositoriesRefused`: those that the role
 * may not read, as a tag or an allow-list wants it.
 */
export type ScannerMetricName =
  | 'AdvisoryAgeHours'
  | 'AdvisoryFeedsFailed'
  | 'ImagesFailed'
  | 'ImagesPartial'
  | 'ImagesScanned'
  | 'LayerBytesPulled'
  | 'LayersReused'
  | 'RepositoriesDiscovered'
  | 'RepositoriesRefused'
  | 'RepositoryGaps';

export function scannerMetric(
  metricName: ScannerMetricName,
  period: Duration,
  statistic = Stats.SUM,
): IMetric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service: METRICS_SERVICE },
    period,
    statistic,
  });
}

/** Percentage of the scanned images that could not be read or matched completely. No value while nothing is scanned. */
export function partialShare(period: Duration): IMetric {
  return new MathExpression({
    expression: '100 * FILL(partial, 0) / scanned',
    label: 'images not completely read, %',
    usingMetrics: {
      partial: scannerMetric('ImagesPartial', period),
      scanned: scannerMetric('ImagesScanned', period),
    },
    period,
  });
}

/** Hours since the advisories were last fetched, at worst. */
export function advisoryAge(period: Duration): IMetric {
  return scannerMetric('AdvisoryAgeHours', period, Stats.MAXIMUM);
}

/** Feeds that failed in the fetch of a time that had the fewest: over 0 when none of its fetches had them all. */
export function lastingFeedFailures(period: Duration): IMetric {
  return scannerMetric('AdvisoryFeedsFailed', period, Stats.MINIMUM);
}

export const HOUR = Duration.hours(1);
export const DAY = Duration.days(1);
