import { type InBoth } from '../contract.js';
import { type FaultName, faults } from './faults.js';

/** Numbers that decide what happens, whoever else uses the sandbox: no fault that is set and no interval counts. */
export type MagicNumber = InBoth &
  Readonly<{
    /** 11 digits. */
    from: string;
    /** The last one of the range, which may be the first. */
    to: string;
    fault?: FaultName;
    /** Whether the repeat of a request does not meet the fault. */
    isOnce?: true;
  }>;

const always = (number: string, fault: FaultName): MagicNumber => ({
  from: number,
  to: number,
  fault,
  en: faults[fault].en,
  zh: faults[fault].zh,
});

/** All magic numbers, in their order. */
export const magicNumbers: readonly MagicNumber[] = [
  { from: '13800000000', to: '13800000000', en: 'delivers the message', zh: '短信正常送达' },
  always('13800000001', 'frequency'),
  always('13800000002', 'dayLimit'),
  always('13800000003', 'badNumber'),
  always('13800000004', 'noBalance'),
  always('13800000005', 'notActivated'),
  always('13800000006', 'badParameters'),
  always('13800000007', 'wrongSecret'),
  always('13800000008', 'hang'),
  {
    from: '13800000009',
    to: '13800000009',
    fault: 'cut',
    isOnce: true,
    en: 'delivers, then cuts the connection; refuses the repeat with SignatureNonceUsed',
    zh: '短信已送达，随后断开连接；对重发的请求返回 SignatureNonceUsed',
  },
  always('13800000010', 'lost'),
  {
    from: '13800000011',
    to: '13800000011',
    fault: 'gatewayDown',
    isOnce: true,
    en: 'answers with the 503 page of a gateway; delivers on the repeat',
    zh: '首次返回网关的 503 页面；重发的请求正常送达',
  },
  {
    from: '13800001000',
    to: '13800001999',
    en: 'each delivers the message: a number of its own for every test',
    zh: '短信正常送达：一千个号码，每个测试可各用一个',
  },
];

/**
 * The magic number that a number is, if it is one.
 *
 * @param number 11 digits. For any other text there is none.
 */
export const findMagicNumber = (number: string): MagicNumber | undefined =>
  /^\d{11}$/.test(number)
    ? magicNumbers.find(({ from, to }) => from <= number && number <= to)
    : undefined;
