import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach } from '@jest/globals';
import { type SqsDouble, startSqs } from '../../doubles/aws/sqs.ts';

/** The address of a queue of any account. */
export const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/111122223333/scan';

/** SQS, and a client of it, made anew for each test of a file or block. */
export function queues(): { readonly sqs: SqsDouble; readonly client: SQSClient } {
  let sqs: SqsDouble | undefined;
  let client: SQSClient | undefined;
  beforeEach(async () => {
    sqs = await startSqs();
    client = new SQSClient({
      region: 'eu-west-1',
      endpoint: sqs.origin,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    });
  });
  afterEach(async () => {
    client?.destroy();
    await sqs?.close();
  });
  return {
    get sqs() {
      return sqs as SqsDouble;
    },
    get client() {
      return client as SQSClient;
    },
  };
}
