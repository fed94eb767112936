import { describe, expect, it } from 'vitest';

import { readOptions } from './options.js';

describe('the options', () => {
  it('need not be given', () => {
    expect(readOptions([])).toEqual({
      help: false,
      port: 4010,
      host: '127.0.0.1',
      allowHosts: [],
      signName: undefined,
      fault: undefined,
      isUnlimited: false,
    });
  });

  it('are read', () => {
    const args =
      '--port 0 --host ::1 --allow-host .internal --allow-host=Runner --no-interval --sign-name 某某签名 --fault lost -h';

    expect(readOptions(args.split(' '))).toEqual({
      help: true,
      port: 0,
      host: '::1',
      allowHosts: ['.internal', 'Runner'],
      signName: '某某签名',
      fault: 'lost',
      isUnlimited: true,
    });
  });

  it.each([
    ['--port=65536', '"65536" is not a port.'],
    ['--port=', '"" is not a port.'],
    ['--host=', '--host wants an address'],
    ['--host= ', '--host wants an address'],
    ['--sign-name=【某某签名】', 'write it without 【】, < > and spaces around it'],
    ['--sign-name=某某\u200B签名', 'invisible characters'],
    ['--fault=toString', 'There is no fault "toString". There are frequency, dayLimit, '],
    ['--allow-host=http://a', '"http://a" is not a host'],
    ['--allow-host=a:4010', '"a:4010" is not a host'],
    ['--allow-host=*.example.com', '"*.example.com" is not a host'],
    ['--allow-host=.', '"." is not a host'],
    ['--allow-host=a..b', '"a..b" is not a host'],
    ['--allow-host=127.1', '"127.1" is not a host'],
    ['--allow-host=.127.0.0.1', '".127.0.0.1" is not a host'],
    ['--allow-host=.[::1]', '".[::1]" is not a host'],
    ['--allow-host=沙箱', '"沙箱" is not a host'],
    ['--ports=1', "Unknown option '--ports'"],
    ['run', "Unexpected argument 'run'"],
  ])('are refused: %s: %s', (option, expected) => {
    expect(() => readOptions([option])).toThrow(expected);
  });
});
