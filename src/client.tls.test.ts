import { describe, expect, it } from 'vitest';

import { startAlone } from '../test/helpers/alone.js';
import { call } from '../test/helpers/call.js';
import { makeCertificate } from '../test/helpers/certificate.js';
import { closeAfterwards, ok, passOn, serve, serveRaw } from '../test/helpers/servers.js';

const certificate = await makeCertificate();
closeAfterwards(certificate.remove);

const serveTls = async () => serve((response) => response.end(ok), certificate);

const untrusted = {
  failure: 'untrusted',
  reference: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  mayBeDelivered: false,
};

/** What the environment, and other code of the process, may have set. */
const credulous = {
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    import https from 'node:https';

    const checkServerIdentity = () => undefined;
    Object.assign(https.globalAgent.options, { rejectUnauthorized: false, checkServerIdentity });
  `)}`,
};

describe.concurrent('a certificate', () => {
  it('that nobody vouches for ends the call before anything is sent', async () => {
    const { endpoint, forms, sockets } = await serveTls();
    const { outcome } = await call(endpoint);

    expect(outcome).toEqual(untrusted);
    expect(forms).toHaveLength(0);
    // Nor is it tried once more.
    expect(sockets).toHaveLength(1);
  });

  it('that nobody vouches for ends the call even where the process trusts any', async () => {
    const { endpoint, forms } = await serveTls();
    const { post } = await startAlone(credulous);

    expect(await post([endpoint])).toMatchObject([{ outcome: untrusted }]);
    expect(forms).toHaveLength(0);
  });

  it('that the server of Logto trusts is trusted, for its own host alone', async () => {
    const good = await serveTls();
    const other = await serveTls();
    const { post } = await startAlone({ ...credulous, NODE_EXTRA_CA_CERTS: certificate.file });
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

describe.concurrent('a message goes over TLS', () => {
  it('not in the last second, in which nobody could wait for the answer', async () => {
    const server = await serveTls();
    const front = await serveRaw((socket) => {
      setTimeout(() => {
        passOn(socket, server.port);
      }, 2800);
    });
    const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });

    expect(await post([`https://127.0.0.1:${front.port}`], 3500)).toMatchObject([
      { outcome: { failure: 'unreachable', mayBeDelivered: false } },
    ]);
    await front.close();
    expect(server.forms).toHaveLength(0);
  });

  it('once more after a handshake that was cut, or that took more than 3 s', async () => {
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
    expect(results[1]?.milliseconds).toBeGreaterThan(2500);
    expect(results[1]?.milliseconds).toBeLessThan(6500);
  });

  it('after a handshake of 1.5 s, on the first connection', async () => {
    const server = await serveTls();
    const slow = await serveRaw((socket) =>
      setTimeout(() => {
        passOn(socket, server.port);
      }, 1500),
    );
    const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });

    expect(await post([`https://127.0.0.1:${slow.port}`])).toMatchObject([
      { outcome: { answer: { code: 'OK' } } },
    ]);
    expect(slow.sockets).toHaveLength(1);
  });
});
