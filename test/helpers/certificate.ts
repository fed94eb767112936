import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A self-signed certificate for localhost and 127.0.0.1, made for one test run. */
export type Certificate = Readonly<{
  cert: string;
  key: string;
  /** Where the certificate lies, for NODE_EXTRA_CA_CERTS. */
  file: string;
  remove: () => Promise<void>;
}>;

/**
 * Makes a certificate with openssl, which takes a second at most.
 *
 * @param extensions Options of `openssl req` in place of its names.
 */
export const makeCertificate = async (
  extensions: readonly string[] = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
): Promise<Certificate> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'certificate-'));
  const file = path.join(folder, 'cert.pem');
  const keyFile = path.join(folder, 'key.pem');
  const options = [
    '-x509 -nodes -days 2 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1',
    '-subj /CN=localhost',
  ];

  await promisify(execFile)('openssl', [
    'req',
    ...options.flatMap((line) => line.split(' ')),
    ...extensions,
    '-keyout',
    keyFile,
    '-out',
    file,
  ]);

  return {
    cert: await readFile(file, 'utf8'),
    key: await readFile(keyFile, 'utf8'),
    file,
    remove: async () => rm(folder, { recursive: true }),
  };
};
