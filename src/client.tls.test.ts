import { noop } from '@silverhand/essentials';
import https from 'node:https';

import { describe, expect, it } from 'vitest';

import { startAlone } from '../test/helpers/alone.js';
import { call } from '../test/helpers/call.js';
import { makeCertificate } from '../test/helpers/certificate.js';
import { defineName } from '../test/helpers/names.js';
import { createRecord } from '../test/helpers/record.js';
import { closeAfterwards, listen, ok, passOn, serve, serveRaw } from '../test/helpers/servers.js';

const certificate = await makeCertificate();
closeAfterwards(certificate.remove);

const serveTls = async () => serve((response) => response.end(ok), certificate);

const untrusted = {
  failure: 'untrusted',
  reference: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  mayBeDelivered: false,
};

/** What the environment, and other code of the process, may have set. */
const trustingAny = {
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    import https from 'node:https';

    const checkServerIdentity = () => undefined;
    Object.assign(https.globalAgent.options, { rejectUnauthorized: false, checkServerIdentity });
  `)}`,
};

describe.concurrent('a certificate', () => {
  it('that is not trusted ends the call before anything is sent', async () => {
    const { endpoint, forms, sockets } = await serveTls();
    const { outcome } = await call(endpoint);

    expect(outcome).toEqual(untrusted);
    expect(forms).toHaveLength(0);
    // Nor is it tried once more.
    expect(sockets).toHaveLength(1);
  });

  it('that is not trusted ends the call even where the process trusts any', async () => {
    const { endpoint, forms } = await serveTls();
    const { post } = await startAlone(trustingAny);

    expect(await post([endpoint])).toMatchObject([{ outcome: untrusted }]);
    expect(forms).toHaveLength(0);
  });

  it('that the server of Logto trusts is trusted, for its own host alone', async () => {
    const good = await serveTls();
    const other = await serveTls();
    const { post } = await startAlone({ ...trustingAny, NODE_EXTRA_CA_CERTS: certificate.file });
    const results = await post([
      good.endpoint,
      // Reaches loopback, under a name that the certificate does not have.
      `https://0.0.0.0:${other.port}`,
    ]);

    expect(results).toMatchObject([
      { outcome: { answer: { code: 'OK' } } },
      { outcome: { ...untrusted, reference: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
    ]);
    expect(good.forms).toHaveLength(1);
    expect(other.forms).toHaveLength(0);
  });
});

/** What `openssl req` takes to make a certificate that Node.js must refuse for its content, and how it calls that. */
const wrong: ReadonlyArray<readonly [string, string, readonly string[]]> = [
  ['for clients alone', 'INVALID_PURPOSE', ['-addext', 'extendedKeyUsage=clientAuth']],
  [
    'of another host',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    ['-addext', 'subjectAltName=DNS:example.com'],
  ],
];

describe.concurrent(
  'a certificate that is refused ends the call at once, and nothing is sent',
  () => {
    it.each(wrong)('%s: %s', async (_, code, options) => {
      const made = await makeCertificate(options);
      closeAfterwards(made.remove);
      const { endpoint, forms } = await serve((response) => response.end(ok), made);
      const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: made.file });
      const [result] = await post([endpoint]);

      expect(result?.outcome).toEqual({
        failure: 'untrusted',
        reference: code,
        mayBeDelivered: false,
      });
      expect(result?.milliseconds).toBeLessThan(4000);
      expect(forms).toHaveLength(0);
    });
  }
);

describe.concurrent('what Node.js says of a certificate ends the call at once', () => {
  // Of its codes, those that few servers can cause.
  it.each([
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
    'UNABLE_TO_GET_CRL',
    'CERT_HAS_EXPIRED',
    'INVALID_CA',
    'PATH_LENGTH_EXCEEDED',
    'HOSTNAME_MISMATCH',
    'OUT_OF_MEM',
    'UNSPECIFIED',
  ])('%s', async (code) => {
    const name = `${code.toLowerCase().replaceAll('_', '-')}.invalid`;
    // Where an error comes from makes no difference.
    const lookUps = defineName(name, code);
    const { outcome } = await call(`https://${name}`);

    expect(outcome).toEqual({ failure: 'untrusted', reference: code, mayBeDelivered: false });
    expect(lookUps).toHaveLength(1);
  });
});

describe.concurrent('a TLS alert', () => {
  it('that comes after the request was read tells nothing of it', async () => {
    const { server, port: tlsPort } = await serve(noop, certificate);
    const { port } = await serveRaw((socket) => {
      const upstream = passOn(socket, tlsPort);

      // A record that was damaged on its way.
      server.once('request', () => upstream.write(`\u0017\u0003\u0003\0 ${'x'.repeat(32)}`));
    });
    const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });
    const [result] = await post([`https://127.0.0.1:${port}`]);

    expect(result?.outcome).toMatchObject({ failure: 'unanswered', mayBeDelivered: true });
    expect(result?.outcome).toHaveProperty('reference', expect.stringContaining('ALERT'));
  });
});

describe.concurrent('a TLS handshake', () => {
  it('with a server that has no TLS is told by its code', async () => {
    const { port, sockets } = await serveRaw((it) => it.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { outcome } = await call(`https://127.0.0.1:${port}`);

    expect(outcome).toMatchObject({ failure: 'unreachable', mayBeDelivered: false });
    expect(outcome).toHaveProperty('reference', expect.stringMatching(/^(?:EPROTO$|ERR_SSL_)/));
    expect(sockets).not.toHaveLength(0);
  });

  it('that is cut or stalls is tried again', async () => {
    const server = await serveTls();
    const cut = await serveRaw((socket, index) => {
      if (index === 0) {
        socket.once('data', () => socket.destroy());
      } else {
        passOn(socket, server.port);
      }
    });
    const stalled = await serveRaw((socket, index) => {
      if (index > 0) {
        passOn(socket, server.port);
      }
    });
    const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });
    const results = await post([
      `https://127.0.0.1:${cut.port}`,
      `https://127.0.0.1:${stalled.port}`,
    ]);

    for (const { outcome } of results) {
      expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
    }

    expect(server.forms).toHaveLength(2);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'that the server ends with an alert, for want of a certificate of the client, sends nothing: %s',
    async (version) => {
      const requests = createRecord<unknown>();
      const server = https.createServer(
        {
          ...certificate,
          minVersion: version,
          maxVersion: version,
          requestCert: true,
          rejectUnauthorized: true,
        },
        (request, response) => {
          requests.add(request);
          response.end(ok);
        }
      );
      const { port } = await listen(server);
      const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });

      expect(await post([`https://127.0.0.1:${port}`], 3000)).toMatchObject([
        { outcome: { failure: 'unreachable', mayBeDelivered: false } },
      ]);
      expect(requests.items).toHaveLength(0);
    }
  );
});
