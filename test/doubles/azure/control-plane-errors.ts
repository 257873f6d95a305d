/** What Azure Resource Manager or Microsoft Graph answers instead of a result: a status and a code that clients branch on. */
export class AzureError extends Error {
  override readonly name = 'AzureError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
