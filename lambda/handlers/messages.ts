import type { SQSRecord } from 'aws-lambda';
import type { z } from 'zod';
import { MAX_RECEIVES } from '../shared/environment.ts';
import { HandlerError } from './errors.ts';

/** The message of a queue's record. Throws `message-invalid` for anything that is none of these. */
export function parseMessage<Message>(record: Pick<SQSRecord, 'body'>, schema: z.ZodType<Message>): Message {
  let value: unknown;
  try {
    value = JSON.parse(record.body);
  } catch (error) {
    throw new HandlerError('message-invalid', 'the message is not JSON', { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new HandlerError(
    'message-invalid',
    `the message is none that is known: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    { cause: parsed.error },
  );
}

/** The so-manieth time that the queue hands this record out. */
export function receivesOf({ attributes }: Pick<SQSRecord, 'attributes'>): number {
  return Number(attributes.ApproximateReceiveCount);
}

/** Whether the queue will hand this record out no more when it fails now. */
export function isLastTry(record: Pick<SQSRecord, 'attributes'>): boolean {
  return receivesOf(record) >= MAX_RECEIVES;
}
