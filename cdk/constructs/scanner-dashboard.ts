import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ScannerAlarms } from './scanner-alarms.ts';
import { advisoryAge, DAY, HOUR, partialShare, scannerMetric } from './scanner-metrics.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ScannerDashboardProps {
  readonly alarms: ScannerAlarms;
  readonly functions: readonly IFunction[];
  readonly queues: readonly WorkQueue[];
}

const HALF = 12;
const WHOLE = 24;

/** One page: is anything wrong, does work wait, what was scanned, what did it take. */
export class ScannerDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { alarms, functions, queues }: ScannerDashboardProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.alarms], width: WHOLE, height: 4 })],
        [
          graph(
            'Oldest message, seconds',
            queues.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage()),
          ),
          graph(
            'Put aside',
            queues.map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible()),
          ),
        ],
        [
          graph('Images an hour', [
            scannerMetric('ImagesScanned', HOUR),
            scannerMetric('ImagesPartial', HOUR),
            scannerMetric('ImagesFailed', HOUR),
          ]),
          graph(
            'Coverage and advisories',
            [partialShare(DAY)],
            [advisoryAge(HOUR), scannerMetric('AdvisoryFeedsFailed', HOUR)],
          ),
        ],
        [
          graph('Layers', [scannerMetric('LayersReused', HOUR)], [scannerMetric('LayerBytesPulled', HOUR)]),
          graph('Repositories found', [
            scannerMetric('RepositoriesDiscovered', HOUR),
            scannerMetric('RepositoryGaps', HOUR),
            scannerMetric('RepositoriesRefused', HOUR),
          ]),
        ],
        [
          graph(
            'Errors of functions',
            functions.map((one) => one.metricErrors()),
          ),
          graph(
            'Duration of functions, milliseconds',
            functions.map((one) => one.metricDuration()),
          ),
        ],
      ],
    });
  }
}

function graph(title: string, left: readonly IMetric[], right: readonly IMetric[] = []): IWidget {
  return new GraphWidget({ title, left: [...left], right: [...right], width: HALF });
}
