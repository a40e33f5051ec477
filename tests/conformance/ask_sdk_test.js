// Plays the plan with ask-sdk-test, under mocha: one test a session.
'use strict';

const assert = require('assert');
const { AlexaTest, IntentRequestBuilder, LaunchRequestBuilder, SessionEndedRequestBuilder } = require('ask-sdk-test');
const { completed, directives, handlerFor, plan } = require('./common');

const settings = { appId: plan.skill, userId: plan.user, deviceId: plan.device, locale: plan.locale };

function request(step) {
  if (step.type === 'SessionEndedRequest') return new SessionEndedRequestBuilder(settings, step.extra.reason).build();
  if (step.type !== 'IntentRequest') return completed(new LaunchRequestBuilder(settings).build(), step);
  const builder = new IntentRequestBuilder(settings, step.intent);
  for (const [name, slot] of Object.entries(step.slots)) {
    if (slot.id) builder.withSlotResolution(name, slot.value, 'LIST', slot.id);
    else builder.withSlot(name, slot.value);
  }
  return completed(builder.build(), step);
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
    shouldEndSession: expect.ends === null ? undefined : expect.ends,  // always stated; undefined holds "unset"
    ignoreQuestionCheck: !expect.question_rule,
    elicitsSlot: expect.elicits || undefined,
    elicitsForIntent: expect.elicits_for || undefined,
    hasAttributes: { said: expect.said, pending: (actual) => (actual || '') === expect.pending },
    hasCardTitle: simple ? expect.card.title : undefined,
    hasCardContent: simple ? expect.card.content : undefined,
    callback: (answer) => {
      assert.strictEqual((answer.response.card || { type: '' }).type, expect.card.type, 'another kind of card');
      assert.deepStrictEqual(directives(answer), expect.directives, 'other directives');
    },
  };
}

for (const conversation of plan.conversations) {
  describe(conversation.id, () => {
    const client = new AlexaTest(handlerFor(conversation.url), settings);
    for (const session of conversation.sessions) client.test(session.map(item), 'session');
  });
}
