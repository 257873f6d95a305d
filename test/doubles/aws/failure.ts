import type { ServerResponse } from 'node:http';

/** An error as a service answers it. */
export class AwsFailure extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** As the JSON protocol has it. */
export function sendJsonFailure(response: ServerResponse, { code, message, status }: AwsFailure): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': 'request-1',
  });
  response.end(JSON.stringify({ __type: code, message }));
}

/** As the query protocol has it. */
export function sendXmlFailure(response: ServerResponse, { code, message, status }: AwsFailure): void {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(`<ErrorResponse>${error}<RequestId>request-1</RequestId></ErrorResponse>`);
}

/** Text inside XML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
