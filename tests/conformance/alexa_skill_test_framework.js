// Plays the plan with alexa-skill-test-framework, under mocha: one test a session.
'use strict';

const assert = require('assert');
const alexaTest = require('alexa-skill-test-framework');
const { completed, directives, handlerFor, plan, same } = require('./common');

function request(step) {
  if (step.type === 'SessionEndedRequest') return alexaTest.getSessionEndedRequest(step.extra.reason);
  if (step.type !== 'IntentRequest') return completed(alexaTest.getLaunchRequest(), step);
  const values = Object.fromEntries(Object.entries(step.slots).map(([name, slot]) => [name, slot.value]));
  const made = alexaTest.getIntentRequest(step.intent, values);
  for (const [name, slot] of Object.entries(step.slots)) {
    if (slot.id) alexaTest.addEntityResolutionToRequest(made, name, 'LIST', slot.value, slot.id);
  }
  return completed(made, step);
}

function item(step) {
  const { expect } = step;
  const simple = expect.card.type === 'Simple';
  return {
    request: request(step),
    says: expect.speech || undefined,
    saysNothing: !expect.speech,
    reprompts: expect.reprompt || undefined,
    repromptsNothing: !expect.reprompt,
    shouldEndSession: expect.ends === null ? undefined : expect.ends,
    elicitsSlot: expect.elicits || undefined,
    hasAttributes: { said: same(expect.said), pending: (actual) => (actual || '') === expect.pending },
    hasCardTitle: simple ? expect.card.title : undefined,
    hasCardContent: simple ? expect.card.content : undefined,
    callback: (_context, answer) => {
      assert.strictEqual((answer.response.card || { type: '' }).type, expect.card.type, 'another kind of card');
      assert.deepStrictEqual(directives(answer), expect.directives, 'other directives');
      if (expect.ends === null) assert.strictEqual(answer.response.shouldEndSession, undefined, 'open or closed');
      // The rule is a switch for the whole client and is looked at right after this.
      alexaTest.setExtraFeature('questionMarkCheck', expect.question_rule);
    },
  };
}

for (const conversation of plan.conversations) {
  describe(conversation.id, () => {
    for (const session of conversation.sessions) {
      alexaTest.initialize({ handler: handlerFor(conversation.url) }, plan.skill, plan.user, plan.device);
      alexaTest.test(session.map(item), 'session');
    }
  });
}
