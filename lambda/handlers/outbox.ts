import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Outbox } from '../scan/index.ts';
import { messageOf } from '../shared/errors.ts';
import { HandlerError } from './errors.ts';

/** Of one request: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const MESSAGES_A_REQUEST = 10;
const TRIES = 3;

/** Sends to an SQS queue. Throws `queue-unavailable` when it did not take all. */
export function sqsOutbox<Message>(client: SQSClient, queueUrl: string): Outbox<Message> {
  return {
    send: async (messages) => {
      for (let at = 0; at < messages.length; at += MESSAGES_A_REQUEST) {
        await sendBatch(client, queueUrl, messages.slice(at, at + MESSAGES_A_REQUEST));
      }
    },
  };
}

async function sendBatch(client: SQSClient, queueUrl: string, messages: readonly unknown[]): Promise<void> {
  let entries = messages.map((message, index) => ({
    Id: String(index),
    MessageBody: JSON.stringify(message),
  }));
  for (let attempt = 1; entries.length > 0; attempt += 1) {
    const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries });
    const answer = await client.send(command).catch(unreachable);
    const refused = new Map((answer.Failed ?? []).map(({ Id, Code }) => [Id, Code]));
    entries = entries.filter(({ Id }) => refused.has(Id));
    if (entries.length > 0 && attempt === TRIES) {
      throw new HandlerError(
        'queue-unavailable',
        `the queue did not take ${entries.length} messages: ${[...new Set(refused.values())].join(', ')}`,
        { retryable: true },
      );
    }
  }
}

/** Puts a message that no retry can help where people look, with the reason beside it. */
export interface DeadLetters {
  send(body: string, reason: { readonly code: string; readonly detail: string }): Promise<void>;
}

/** SQS takes 256 KiB a message and 10 attributes; the reason is one for people. */
const MAX_REASON_CHARACTERS = 1000;

export function sqsDeadLetters(client: SQSClient, queueUrl: string): DeadLetters {
  return {
    send: async (body, { code, detail }) => {
      const text = (value: string) => ({
        DataType: 'String',
        // XML 1.0 characters are all that SQS takes.
        StringValue:
          value.slice(0, MAX_REASON_CHARACTERS).replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '?') ||
          '-',
      });
      const MessageAttributes = { reason: text(code), detail: text(detail) };
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, MessageAttributes });
      await client.send(command).catch(unreachable);
    },
  };
}

/** The SDK has tried several times. */
function unreachable(cause: unknown): never {
  throw new HandlerError('queue-unavailable', `a queue cannot be sent to: ${messageOf(cause)}`, {
    cause,
    retryable: true,
  });
}
