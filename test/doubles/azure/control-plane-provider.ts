import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type { Message } from 'google-protobuf';
import { AzureError } from './control-plane-errors.ts';
import { type ProviderDouble, providerMethods } from './control-plane-provider-methods.ts';

export interface ServedProvider {
  readonly port: number;
  /** Every request of the engine as text, for tests that look for what must not be there. */
  readonly requests: readonly string[];
  close(): void;
}

/** Serves a provider on loopback for an engine that is told of it by PULUMI_DEBUG_PROVIDERS. */
export async function serveProvider(provider: ProviderDouble): Promise<ServedProvider> {
  const requests: string[] = [];
  const server = new Server();
  const methods = Object.entries(providerMethods(provider)).map(([name, answer]) => [
    name,
    (call: ServerUnaryCall<Message, Message>, callback: sendUnaryData<Message>): void => {
      requests.push(`${name} ${JSON.stringify(call.request.toObject())}`);
      void answerCall(answer, call.request, callback);
    },
  ]);
  server.addService(services.ResourceProviderService, Object.fromEntries(methods));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { port, requests, close: () => server.forceShutdown() };
}

async function answerCall(
  answer: (request: never) => Message | Promise<Message>,
  request: Message,
  callback: sendUnaryData<Message>,
): Promise<void> {
  try {
    callback(null, await answer(request as never));
  } catch (error) {
    callback({ code: status.UNKNOWN, details: textOf(error) });
  }
}

/** As the real providers put what Azure answered. */
function textOf(error: unknown): string {
  if (error instanceof AzureError)
    return `Status=${error.status} Code="${error.code}" Message="${error.message}"`;
  return error instanceof Error ? error.message : String(error);
}
