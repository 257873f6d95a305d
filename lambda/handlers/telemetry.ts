import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { AppError, messageOf } from '../shared/errors.ts';

/** What the functions say of their work. Values are facts of images and registries; credentials never get here. */
export interface Telemetry {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  /** Something failed that somebody should look at. */
  error(message: string, error: unknown, facts?: Facts): void;
  /** Adds to a metric of this call. */
  count(name: MetricName, value?: number): void;
  /** Writes the metrics out; at the end of each call. */
  flush(): void;
}
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

const UNITS = {
  RepositoriesDiscovered: MetricUnit.Count,
  RepositoryGaps: MetricUnit.Count,
  RepositoriesRefused: MetricUnit.Count,
  ImagesRequested: MetricUnit.Count,
  ImagesScanned: MetricUnit.Count,
  ImagesPartial: MetricUnit.Count,
  ImagesFailed: MetricUnit.Count,
  ImagesMatched: MetricUnit.Count,
  LayerBytesPulled: MetricUnit.Bytes,
  LayersReused: MetricUnit.Count,
  AdvisoryAgeHours: MetricUnit.Count,
  AdvisoryFeedsFailed: MetricUnit.Count,
} as const;
export type MetricName = keyof typeof UNITS;

/** Structured logs and metrics as log lines (EMF), in the namespace `Backline`. */
export function powertoolsTelemetry(functionName: string): Telemetry {
  const logger = new Logger({ serviceName: 'backline', persistentKeys: { function: functionName } });
  const metrics = new Metrics({ namespace: 'Backline', serviceName: 'backline' });
  return {
    info: (message, facts = {}) => logger.info(message, { ...facts }),
    warn: (message, facts = {}) => logger.warn(message, { ...facts }),
    error: (message, error, facts = {}) => logger.error(message, { ...facts, ...factsOf(error) }),
    count: (name, value = 1) => metrics.addMetric(name, UNITS[name], value),
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

/** Code and message: our own errors carry no credential. Of others the name alone, whose messages nobody looked through. */
function factsOf(error: unknown): Facts {
  if (error instanceof AppError) {
    return { code: error.code, detail: messageOf(error), retryable: error.retryable, ...error.data };
  }
  return {
    code: 'unexpected',
    detail: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
  };
}
