import { type ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import { call } from '../test/helpers/call.js';
import { toldUser } from '../test/helpers/errors.js';
import { defineName } from '../test/helpers/names.js';
import { config, refusal } from '../test/helpers/send.js';
import { answerOf, ok, serve, serveInTurn } from '../test/helpers/servers.js';

/** What can happen to a request that has gone out, so that there is no answer. */
const losses = {
  'a cut line': ({ socket }: ServerResponse) => socket?.destroy(),
  'a reset': ({ socket }: ServerResponse) => socket?.resetAndDestroy(),
  'half an answer': (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': ok.length }).write(ok.slice(0, 20));
    setTimeout(() => response.destroy(), 50);
  },
};

const gatewayPages = {
  'a 502 of a gateway': (response: ServerResponse) => response.writeHead(502).end('<h1>?</h1>'),
  'a 503 of a gateway': (response: ServerResponse) => response.writeHead(503).end(),
  'a 504 of a gateway': (response: ServerResponse) => response.writeHead(504).end('{"Code":""}'),
};

const passing = Object.entries({ ...losses, ...gatewayPages });

describe.concurrent('after a failure that may pass', () => {
  it.each(passing)('the same bytes are sent once more, a moment later: %s', async (_, fail) => {
    const { endpoint, forms, arrivals, sockets } = await serve((response) =>
      forms.length === 1 ? fail(response) : response.end(ok),
    );
    const { outcome } = await call(endpoint, 'nonce=1');
    const [first = 0, second = 0] = arrivals;

    expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: true });
    expect(forms).toEqual(['nonce=1', 'nonce=1']);
    expect(second - first).toBeLessThan(3000);
    // A line that fails may fail a connection that was kept, too.
    expect(sockets).toHaveLength(2);
  });

  it('the repeat leaves no connection behind', async () => {
    const wishes: Array<string | undefined> = [];
    const { endpoint } = await serve((response, _, { headers }) => {
      wishes.push(headers.connection);

      return wishes.length === 1 ? response.writeHead(503).end() : response.end(ok);
    });

    await call(endpoint);

    expect(wishes).toEqual(['keep-alive', 'close']);
  });

  it.each(Object.entries(losses))('it is told when it lasts: %s', async (_, fail) => {
    const { endpoint, forms } = await serve(fail);
    const { outcome } = await call(endpoint);

    expect(outcome).toMatchObject({ failure: 'unanswered', mayBeDelivered: true });
    expect(outcome).toHaveProperty('reference', expect.stringMatching(/^E[A-Z]+$|^ERR_/));
    expect(forms).toHaveLength(2);
  });

  it.each([502, 503, 504])('it is told when it lasts: a %i of a gateway', async (status) => {
    const { endpoint, forms } = await serveInTurn([status, '<h1>?</h1>']);
    const { outcome } = await call(endpoint);

    expect(outcome).toMatchObject({
      failure: 'gatewayDown',
      reference: `HTTP ${status}`,
      mayBeDelivered: true,
    });
    expect(forms).toHaveLength(2);
  });

  it.each(passing)('a nonce that is used was used by the message: %s', async (_, fail) => {
    const { endpoint, forms } = await serve((response) =>
      forms.length === 1 ? fail(response) : response.end(answerOf('SignatureNonceUsed')),
    );

    expect(await refusal({ ...config, endpoint })).toBeUndefined();
    expect(forms).toHaveLength(2);
    expect(forms[1]).toBe(forms[0]);
  });

  it('the answer to the repeat is told, and not the failure', async () => {
    const answer = answerOf('isv.DAY_LIMIT_CONTROL');
    const { endpoint } = await serveInTurn([503, ''], [400, answer]);

    expect(await refusal({ ...config, endpoint })).toMatchObject({ code: 'rate_limit_exceeded' });
  });

  it('a page in place of the answer to the repeat is told, and not repeated', async () => {
    const { endpoint, forms } = await serveInTurn([502, ''], [200, '<h1>?</h1>']);
    const { outcome } = await call(endpoint);

    expect(outcome).toMatchObject({ failure: 'unreadable', mayBeDelivered: true });
    expect(forms).toHaveLength(2);
  });

  it.each(passing)('a repeat that did not get out tells nothing of it: %s', async (...given) => {
    const [title, fail] = given;
    const { port, forms } = await serve(fail);
    const name = `${title.replaceAll(' ', '-')}.invalid`;
    const lookUps = defineName(name, ['127.0.0.1'], 'ENOTFOUND');
    const { outcome } = await call(`http://${name}:${port}`);

    expect(lookUps).toHaveLength(2);
    expect(forms).toHaveLength(1);
    expect(outcome).toMatchObject({
      failure: title in losses ? 'unanswered' : 'gatewayDown',
      mayBeDelivered: true,
    });
    expect(outcome).not.toHaveProperty('reference', 'ENOTFOUND');
  });

  it('and a repeat that did not get out, whoever signs in is told that a code may arrive', async () => {
    const { port } = await serve(({ socket }) => socket?.destroy());
    // The one name with which http:// may be saved.
    defineName('localhost', ['127.0.0.1'], 'ENOTFOUND');
    const error = await refusal({ ...config, endpoint: `http://localhost:${port}` });

    expect(toldUser(error)).toMatch(/可能仍会送达/);
  });
});

describe.concurrent('a repeat waits', () => {
  it('as long as Retry-After says', async () => {
    const { endpoint, arrivals } = await serveInTurn([503, '', { 'retry-after': '2' }], [200, ok]);
    const { outcome } = await call(endpoint);
    const [first = 0, second = 0] = arrivals;

    expect(outcome).toHaveProperty('answer.code', 'OK');
    expect(second - first).toBeGreaterThan(1500);
  });

  it.each(['0', '-5', 'soon', 'Wed, 21 Oct 2099 07:28:00 GMT'])(
    'no longer for a Retry-After of %s',
    async (retryAfter) => {
      const page = [503, '', { 'retry-after': retryAfter }] as const;
      const { endpoint, arrivals } = await serveInTurn(page, [200, ok]);
      const { outcome } = await call(endpoint);
      const [first = 0, second = 0] = arrivals;

      expect(outcome).toHaveProperty('answer.code', 'OK');
      expect(second - first).toBeLessThan(3000);
    },
  );
});

describe.concurrent('nothing is sent once more', () => {
  it.each(['7', '3600'])('for a Retry-After of %s s, with 7.5 s left', async (retryAfter) => {
    const page = [503, '', { 'retry-after': retryAfter }] as const;
    const { endpoint, forms } = await serveInTurn(page, [200, ok]);
    const { outcome, milliseconds } = await call(endpoint, 'nonce=1', 7500);

    expect(outcome).toMatchObject({
      failure: 'gatewayDown',
      reference: 'HTTP 503',
      mayBeDelivered: true,
    });
    expect(forms).toHaveLength(1);
    // It is told at once.
    expect(milliseconds).toBeLessThan(5000);
  });

  it('where less than a second is left', async () => {
    const { endpoint, forms } = await serve((response) => {
      setTimeout(() => response.writeHead(503).end(), 4500);
    });
    const { outcome } = await call(endpoint, 'nonce=1', 5000);

    expect(outcome).toMatchObject({ mayBeDelivered: true });
    expect(forms).toHaveLength(1);
  });

  it('for a page after 3.5 s that asks for 4 s more', async () => {
    const { endpoint, forms } = await serve((response) => {
      setTimeout(() => response.writeHead(503, { 'retry-after': '4' }).end(), 3500);
    });
    const error = await refusal({ ...config, endpoint });

    expect(error).toMatchObject({ code: 'general' });
    expect(toldUser(error)).toMatch(/可能仍会送达/);
    expect(forms).toHaveLength(1);
  });
});

describe('a repeat', () => {
  // By itself: beside others, the repeat is late in any case.
  it('waits for a tenth of a second at least, in which what failed may pass', async () => {
    const { endpoint, arrivals } = await serveInTurn([503, ''], [200, ok]);
    await call(endpoint);
    const [first = 0, second = 0] = arrivals;

    expect(second - first).toBeGreaterThan(90);
  });
});
