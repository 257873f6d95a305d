import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { listen } from '../../../scripts/demo/registry.ts';
import { signedBody } from './store-faults.ts';

/** SQS queues of any name on 127.0.0.1, to which messages can be sent, and put off; what else SQS does is Lambda's business. */
export type SqsDouble = {
  readonly origin: string;
  /** What was taken, in order. */
  readonly sent: readonly SentMessage[];
  /** What was put off, in order. */
  readonly putOff: readonly PutOffMessage[];
  /** The next requests, or so many, are refused for these many of their messages. */
  refuse(messages: number, times?: number): void;
  close(): Promise<void>;
};
export type SentMessage = {
  readonly queueUrl: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
};
export type PutOffMessage = {
  readonly queueUrl: string;
  readonly receiptHandle: string;
  readonly seconds: number;
};

const attributes = z
  .record(z.string(), z.object({ DataType: z.literal('String'), StringValue: z.string().min(1) }))
  .optional();
const INPUTS = {
  SendMessage: z.strictObject({
    QueueUrl: z.string(),
    MessageBody: z.string().min(1),
    MessageAttributes: attributes,
  }),
  ChangeMessageVisibility: z.strictObject({
    QueueUrl: z.string(),
    ReceiptHandle: z.string().min(1),
    VisibilityTimeout: z.int().min(0).max(43_200),
  }),
  SendMessageBatch: z.strictObject({
    QueueUrl: z.string(),
    Entries: z
      .array(z.strictObject({ Id: z.string(), MessageBody: z.string().min(1) }))
      .min(1)
      .max(10),
  }),
};

/** Starts it. */
export async function startSqs(): Promise<SqsDouble> {
  const sent: SentMessage[] = [];
  const putOff: PutOffMessage[] = [];
  const refusals: number[] = [];
  const server = await listen((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response
        .writeHead(400)
        .end(JSON.stringify({ __type: 'InvalidParameterValue', message: String(error) }));
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse((await signedBody(request)).toString('utf8')) as unknown;
    const operation = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    if (operation === 'SendMessage') {
      const input = INPUTS.SendMessage.parse(body);
      const texts = Object.entries(input.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
        name,
        StringValue,
      ]);
      sent.push({ queueUrl: input.QueueUrl, body: input.MessageBody, attributes: Object.fromEntries(texts) });
      return reply(response, { MessageId: '1', MD5OfMessageBody: md5(input.MessageBody) });
    }
    if (operation === 'ChangeMessageVisibility') {
      const input = INPUTS.ChangeMessageVisibility.parse(body);
      putOff.push({
        queueUrl: input.QueueUrl,
        receiptHandle: input.ReceiptHandle,
        seconds: input.VisibilityTimeout,
      });
      return reply(response, {});
    }
    if (operation !== 'SendMessageBatch') throw new Error(`the double does not know ${operation}`);
    const { QueueUrl, Entries } = INPUTS.SendMessageBatch.parse(body);
    const refused = Entries.slice(0, refusals.shift() ?? 0);
    const taken = Entries.slice(refused.length);
    for (const { MessageBody } of taken) sent.push({ queueUrl: QueueUrl, body: MessageBody, attributes: {} });
    reply(response, {
      Successful: taken.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: md5(MessageBody),
      })),
      Failed: refused.map(({ Id }) => ({ Id, Code: 'ServiceUnavailable', SenderFault: false })),
    });
  }

  return {
    origin: server.origin,
    sent,
    putOff,
    refuse: (messages, times = 1) => {
      refusals.push(...Array.from({ length: times }, () => messages));
    },
    close: () => server.close(),
  };
}

function reply(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(value));
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
