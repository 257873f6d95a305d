import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ArmClient, ArmError, armClient } from '../../../pulumi-azure/azure/arm.ts';
import { type ArmDouble, armDouble, refusal, registryId, TOKEN } from '../../doubles/resource-manager.ts';

const TEAM = { name: 'team', resourceGroup: 'group' };
const LIST = `${registryId(TEAM).split('/').slice(0, -1).join('/')}?api-version=1`;
const GET = `${registryId(TEAM)}?api-version=1`;

describe('pulumi-azure/azure/arm', () => {
  let double: ArmDouble;
  let arm: ArmClient;
  let waits: number[];

  beforeEach(async () => {
    double = await armDouble();
    double.registries.push(TEAM);
    waits = [];
    arm = clientOf(double.url);
  });
  afterEach(() => double.close());

  it('reads one resource', async () => {
    expect(await arm.get(GET)).toMatchObject({ id: registryId(TEAM), name: 'team' });
  });

  it('reads a list to its last page', async () => {
    for (const name of ['b', 'c', 'd', 'e']) double.registries.push({ name, resourceGroup: 'group' });

    const values = await arm.list(LIST);

    expect(values.map((value) => (value as { name: string }).name)).toEqual(['team', 'b', 'c', 'd', 'e']);
    expect(double.requests).toHaveLength(3);
  });

  it.each([429, 500, 503])('tries again after %i, as long as it is asked to wait', async (status) => {
    let left = 2;
    double.intercept = (_request, response) => {
      if (left === 0) return false;
      left -= 1;
      response.writeHead(status, left === 1 ? { 'retry-after': '7' } : {}).end('busy');
      return true;
    };

    await arm.get(GET);

    expect(waits).toEqual([7_000, 2_000]);
  });

  it('waits half a minute at most', async () => {
    let left = 1;
    double.intercept = (_request, response) => {
      if (left === 0) return false;
      left -= 1;
      response.writeHead(429, { 'retry-after': '3600' }).end();
      return true;
    };

    await arm.get(GET);

    expect(waits).toEqual([30_000]);
  });

  it('fails with what Azure says after four attempts', async () => {
    double.intercept = (_request, response) => {
      response.writeHead(503).end(JSON.stringify(refusal('ServerBusy')));
      return true;
    };

    await expect(arm.get(GET)).rejects.toMatchObject({
      name: 'ArmError',
      status: 503,
      code: 'ServerBusy',
      message: expect.stringContaining('503 ServerBusy the double says ServerBusy'),
    });
    expect(double.requests).toHaveLength(4);
  });

  it('fails at once when it is refused', async () => {
    arm = clientOf(double.url, 'another-token');

    await expect(arm.get(GET)).rejects.toMatchObject({ status: 401, code: 'AuthenticationFailed' });
    expect(double.requests).toHaveLength(1);
  });

  it('fails when nobody answers, without the token in what it says', async () => {
    await double.close();

    const error = await arm.get(GET).catch((reason: unknown) => reason);
    double = await armDouble();

    expect(error).toBeInstanceOf(ArmError);
    expect(String(error)).toMatch(/^ArmError: http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/);
    expect(String(error)).not.toContain(TOKEN);
  });

  it.each([
    ['no JSON', '<html>', /200 {2}no reason given/],
    ['no list', '{"name":"team"}', /the answer is no list/],
  ])('fails when the answer is %s', async (_what, body, message) => {
    double.intercept = (_request, response) => {
      response.writeHead(200).end(body);
      return true;
    };

    await expect(arm.list(LIST)).rejects.toThrow(message);
  });

  it('rejects a next page elsewhere: the token is not sent there', async () => {
    const other = await armDouble();
    double.intercept = (_request, response) => {
      response.writeHead(200).end(JSON.stringify({ value: [], nextLink: `${other.url}/next` }));
      return true;
    };

    await expect(arm.list(LIST)).rejects.toThrow('the token is not sent there');
    expect(other.requests).toEqual([]);
    await other.close();
  });

  it('rejects redirects', async () => {
    double.intercept = (request, response) => {
      if (request.url === '/elsewhere') return false;
      response.writeHead(307, { location: '/elsewhere' }).end();
      return true;
    };

    await expect(arm.get(GET)).rejects.toThrow(/cannot be reached: .*redirect/);
    expect(double.requests).not.toContain('/elsewhere');
  });

  it('fails when a list has no end', async () => {
    double.intercept = (request, response) => {
      response.writeHead(200).end(JSON.stringify({ value: [], nextLink: request.url }));
      return true;
    };

    await expect(arm.list(LIST)).rejects.toThrow('over 1000 pages');
  });

  function clientOf(url: string, token = TOKEN): ArmClient {
    return armClient(url, {
      fetch,
      token: async () => token,
      sleep: async (milliseconds) => void waits.push(milliseconds),
    });
  }
});
