import { beforeAll, describe, expect, it } from '@jest/globals';
import { deployedHub, type HubTemplate, resource, resourcesOf } from '../../support/hub.ts';

const TOLD = {
  alarmEmail: 'team@backline.example',
  alarmTopic: 'arn:aws:sns:eu-central-1:111122223333:alarms',
};

describe('cdk/constructs/scanner-alarms', () => {
  let hub: HubTemplate;
  let told: HubTemplate;

  beforeAll(() => {
    hub = deployedHub();
    told = deployedHub(TOLD);
  });

  const names = (template: HubTemplate) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
      .map(([id]) => id.slice('Alarms'.length, -8));

  it('tell of waiting work, work put aside, failures, coverage, gaps, old advisories, failing feeds and schedules', () => {
    expect(names(hub).sort()).toEqual([
      'AdvisoryAge',
      'AdvisoryFeeds',
      'Backlogdiscover',
      'Backlogrematch',
      'Backlogscan',
      'Coverage',
      'DeadLettersdiscover',
      'DeadLettersrematch',
      'DeadLettersscan',
      'ImagesFailed',
      'RepositoryGaps',
      'SchedulesDropped',
    ]);
  });

  it('go off when nobody says how old advisories are', () => {
    expect(resource(hub, 'AWS::CloudWatch::Alarm', 'AlarmsAdvisoryAge')).toMatchObject({
      Namespace: 'Backline',
      MetricName: 'AdvisoryAgeHours',
      Dimensions: [{ Name: 'service', Value: 'backline' }],
      Threshold: 24,
      TreatMissingData: 'breaching',
    });
  });

  it('go off when a feed failed whenever it was fetched, not when it failed once', () => {
    expect(resource(hub, 'AWS::CloudWatch::Alarm', 'AlarmsAdvisoryFeeds')).toMatchObject({
      MetricName: 'AdvisoryFeedsFailed',
      Statistic: 'Minimum',
      Period: 86_400,
      EvaluationPeriods: 2,
      Threshold: 0,
      TreatMissingData: 'notBreaching',
    });
  });

  it('show repositories that are kept out on the dashboard, and go off for other gaps alone', () => {
    const alarmed = resourcesOf(hub, 'AWS::CloudWatch::Alarm').map(({ MetricName }) => MetricName);
    const [dashboard] = resourcesOf(hub, 'AWS::CloudWatch::Dashboard');

    expect(alarmed).toContain('RepositoryGaps');
    expect(alarmed).not.toContain('RepositoriesRefused');
    expect(JSON.stringify(dashboard)).toContain('RepositoriesRefused');
  });

  it('stay on the dashboard when nobody is to be told', () => {
    expect(resourcesOf(hub, 'AWS::SNS::Topic')).toEqual([]);
    expect(resourcesOf(hub, 'AWS::CloudWatch::Dashboard')).toHaveLength(1);
  });

  it('tell the given topic, and by e-mail', () => {
    for (const alarm of resourcesOf(told, 'AWS::CloudWatch::Alarm')) {
      expect(alarm['AlarmActions']).toEqual([TOLD.alarmTopic, expect.stringContaining('AlarmsTopic')]);
      expect(alarm['OKActions']).toEqual(alarm['AlarmActions']);
    }
    expect(resourcesOf(told, 'AWS::SNS::Subscription')[0]).toMatchObject({
      Protocol: 'email',
      Endpoint: TOLD.alarmEmail,
    });
  });
});
