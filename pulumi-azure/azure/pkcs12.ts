import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LoginError } from './login-error.ts';

/**
 * Certificate and key of a PKCS#12 file, the only form that both providers read, as PEM, the only one that @azure/identity does. Node
 * takes no key out of such a file; `openssl`, with which most are made, does. Throws `LoginError`.
 */
export async function pemOf(path: string, password: string): Promise<string> {
  // In the environment other users of the machine do not see it.
  const env = { PATH: process.env['PATH'], PKCS12_PASSWORD: password };
  const args = ['pkcs12', '-in', path, '-clcerts', '-nodes', '-passin', 'env:PKCS12_PASSWORD'];
  try {
    const { stdout } = await promisify(execFile)('openssl', args, { env });
    return stdout;
  } catch (cause) {
    const { code, stderr } = cause as { readonly code?: string | number; readonly stderr?: string };
    const reason =
      code === 'ENOENT' ? 'openssl, which reads it, is not installed' : (stderr ?? '').trim().split('\n')[0];
    throw new LoginError(
      `ARM_CLIENT_CERTIFICATE_PATH: ${path} cannot be read with ARM_CLIENT_CERTIFICATE_PASSWORD: ${reason}`,
      { cause },
    );
  }
}
