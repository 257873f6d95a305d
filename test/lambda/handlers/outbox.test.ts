import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from '@jest/globals';
import { sqsDeadLetters, sqsOutbox } from '../../../lambda/handlers/outbox.ts';
import { startSqs } from '../../doubles/aws/sqs.ts';
import { QUEUE, queues } from '../../support/aws/queues.ts';
import { codeOf } from '../../support/code-of.ts';

const aws = queues();

describe('handlers/outbox', () => {
  it('sends all messages, ten at a time, in order', async () => {
    const messages = Array.from({ length: 23 }, (_, number) => ({ number }));

    await sqsOutbox(aws.client, QUEUE).send(messages);

    expect(aws.sqs.sent.map(({ body }) => JSON.parse(body))).toEqual(messages);
    expect(new Set(aws.sqs.sent.map(({ queueUrl }) => queueUrl))).toEqual(new Set([QUEUE]));
  });

  it('sends those again that the queue did not take, and no others', async () => {
    aws.sqs.refuse(2);

    await sqsOutbox(aws.client, QUEUE).send([1, 2, 3]);

    expect(aws.sqs.sent.map(({ body }) => body).toSorted()).toEqual(['1', '2', '3']);
  });

  it('fails when the queue goes on not taking some', async () => {
    aws.sqs.refuse(1, 3);

    expect(await codeOf(() => sqsOutbox(aws.client, QUEUE).send([1, 2]))).toBe('queue-unavailable');
  });

  it('fails when the queue cannot be reached', async () => {
    const closed = await startSqs();
    await closed.close();
    const nowhere = new SQSClient({ region: 'eu-west-1', endpoint: closed.origin, maxAttempts: 1 });

    expect(await codeOf(() => sqsOutbox(nowhere, QUEUE).send([1]))).toBe('queue-unavailable');
    expect(await codeOf(() => sqsDeadLetters(nowhere, QUEUE).send('{}', { code: 'a', detail: 'b' }))).toBe(
      'queue-unavailable',
    );
  });

  it('puts the reason beside a message that is put aside', async () => {
    await sqsDeadLetters(aws.client, QUEUE).send('{"a":1}', {
      code: 'layer-corrupt',
      detail: `bad \u0000 bytes ${'x'.repeat(2000)}`,
    });

    const [message] = aws.sqs.sent;
    expect(message).toMatchObject({ body: '{"a":1}', attributes: { reason: 'layer-corrupt' } });
    expect(message?.attributes['detail']).toMatch(/^bad \? bytes x+$/);
    expect(message?.attributes['detail']).toHaveLength(1000);
  });
});
