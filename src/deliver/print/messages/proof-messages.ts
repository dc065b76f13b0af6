import type { Language } from '../../../model/language.js';

const say = (en: string, zh: string): Readonly<Record<Language, string>> => ({ en, 'zh-CN': zh });

/** Texts of `rigwatch evidence verify`. */
export const PROOF_MESSAGES = {
  verified: say('verified', '已验证'),
  failed: say('NOT verified', '未通过验证'),
  damaged: say('the stored record is damaged', '存储的记录已损坏'),
  above: say('the hash is above the target', '哈希值高于目标'),
  differs: say('header, hash or target differ from the stored record', '区块头、哈希或目标与存储的记录不符'),
  shares: say('shares of this session that hold', '该会话中通过验证的提交数'),
  job: say('job', '任务'),
  submit: say('share', '提交'),
  stated: say('as stated by the pool', '矿池给出的难度或目标'),
  header: say('block header, rebuilt', '重建的区块头'),
  hash: say('hash', '哈希'),
  result: say('result, as sent (reversed)', '提交的结果（字节倒序）'),
  target: say('target', '目标'),
  asSent: say(
    'the hash itself is taken as the miner sent it and the server accepted it; the comparison is what is checked',
    '哈希值取自矿工提交且已被服务器接受；此处验证的是其与目标的比较',
  ),
  none: say(
    'no share that proves itself is stored here: nothing to recompute (most sessions do not carry enough for it)',
    '没有可自证的份额记录，无可重新计算的内容（多数会话的内容不足以自证）',
  ),
  summary: say(
    '{verified|proof|proofs} verified, {failed} not',
    '验证通过 {verified} 项，未通过 {failed} 项',
  ),
} as const;
