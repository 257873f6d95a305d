import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errnoOf } from '../../errno.ts';
import type { RegistryError } from '../../errors.ts';
import { acrError } from './acr-error.ts';

/**
 * Throws `login-refused` for a file that no application can log in with. @azure/identity reads it once more, and would only
 * say that it gets no token.
 */
export async function checkCertificate(path: string, password: string | undefined): Promise<void> {
  let pem: Buffer;
  try {
    pem = await readFile(path);
  } catch (error) {
    throw unusable(
      `the certificate ${path} cannot be read (${errnoOf(error)})`,
      'set AZURE_CLIENT_CERTIFICATE_PATH to a PEM file that this process may read',
      error,
    );
  }
  parse(
    () => new X509Certificate(pem),
    `${path} holds no certificate in PEM`,
    'put the certificate of the application and its private key into it, both in PEM',
  );
  parse(
    () => createPrivateKey({ key: pem, ...(password ? { passphrase: password } : {}) }),
    `${path} holds no private key in PEM that can be read`,
    "add the certificate's key; AZURE_CLIENT_CERTIFICATE_PASSWORD opens one that is encrypted",
  );
}

function parse(read: () => unknown, sentence: string, remedy: string): void {
  try {
    read();
  } catch (error) {
    throw unusable(sentence, remedy, error);
  }
}

function unusable(sentence: string, remedy: string, cause: unknown): RegistryError {
  return acrError('login-refused', sentence, remedy, { cause });
}
