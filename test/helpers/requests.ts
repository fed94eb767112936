import { type SandboxRequest } from '../../sandbox/contract.js';

/** A request that was delivered, apart from what is told otherwise. */
export const createRequest = (
  id: number,
  changes: Partial<SandboxRequest> = {}
): SandboxRequest => ({
  id,
  time: new Date(Date.UTC(2026, 10, 24, 8, 0, id)).toISOString(),
  to: '13800138000',
  code: '482913',
  min: '10',
  signName: '恒创联众',
  templateCode: '100001',
  template: null,
  text: '',
  delivered: true,
  parameters: {},
  isSignedRight: true,
  repeats: null,
  resends: null,
  fault: null,
  status: 200,
  answerCode: 'OK',
  meaning: null,
  answer: '',
  isOpen: false,
  ...changes,
});
