// Which functions of an extension share one (passes/merge.mjs), by the extensions' folders: they see more than the top
// level, so that none is made of a text at each call, as those of lists/cold.mjs are. A call reads past the bodies that
// stand in front of its own, so what is short and called often comes first.

/** @type {Record<string, string[][]>} */
export const EXTENSION_GROUPS = {
  // While the bridge connects, and when it has lost the other broker.
  bridge: [[
    'comeHere', 'goFromHere', 'wordAt', 'waysBegin', 'connectFields', 'connectPacket', 'growth', 'leave',
    'subscribeAll', 'limitsOf', 'onConnack',
  ]],
}
