// Plays the plan with virtual-alexa: its own session, its own reading of our model.
'use strict';

const assert = require('assert');
const fs = require('fs');
const http = require('http');
const { VirtualAlexa } = require('virtual-alexa');
const { completed, directives, plan } = require('./common');

// It takes any sentence with one of these anywhere in it for a launch, and knows letters only.
const TAKEN_FOR_A_LAUNCH = /ask|open|launch|talk to|tell/i;
const SESSION_ENDED = { ERROR: 0, EXCEEDED_MAX_REPROMPTS: 1, USER_INITIATED: 2 };

// It makes a connection a turn and never ends it; the server takes a hundred.
http.globalAgent.keepAlive = false;

const model = JSON.parse(fs.readFileSync(plan.model, 'utf8'));

function made(conversation, sent) {
  const alexa = VirtualAlexa.Builder()
    .skillURL(conversation.url)
    .interactionModel(model)
    .locale(plan.locale)
    .applicationID(plan.skill)
    .create();
  alexa.context().user().setID(plan.user);
  alexa.context().device().setID(plan.device);
  alexa.filter((envelope) => { sent.push(envelope); });
  return alexa;
}

// Its reading takes half a second over all our samples, so each sentence is read once and then sent as understood.
const read = new Set();

function uttered(step) {
  const fit = step.exact && !step.person && !Object.keys(step.slots).length && /^[a-z' ]+$/.test(step.said)
    && !TAKEN_FOR_A_LAUNCH.test(step.said) && (step.exact === 'again' || !read.has(step.said));
  if (fit) read.add(step.said);
  return fit;
}

function send(alexa, step) {
  if (step.type === 'SessionEndedRequest') return alexa.endSession(SESSION_ENDED[step.extra.reason]);
  if (step.type === 'IntentRequest' && uttered(step)) return alexa.utter(step.said);
  let request = alexa.request();
  if (step.type === 'IntentRequest') {
    request = request.intent(step.intent);
    for (const [name, slot] of Object.entries(step.slots)) request = request.slot(name, slot.value);
  } else {
    request = request.launch();
    if (step.type === 'SessionResumedRequest') request.set('session.attributes', alexa.context().session().attributes());
  }
  completed(request.json(), step);
  return request.send();
}

function understood(envelope, step) {
  assert.strictEqual(envelope.request.type, step.type, 'another request than ours');
  if (step.type !== 'IntentRequest') return;
  assert.strictEqual(envelope.request.intent.name, step.intent, `it reads "${step.said}" as another intent`);
  for (const [name, slot] of Object.entries(step.slots)) {
    if (!slot.id) continue;
    const found = envelope.request.intent.slots[name].resolutions.resolutionsPerAuthority[0];
    assert.strictEqual(found.status.code, 'ER_SUCCESS_MATCH', `it finds no "${slot.value}" in the model`);
    assert.strictEqual(found.values[0].value.id, slot.id, `it reads "${slot.value}" as another value`);
  }
}

const bare = (ssml) => (ssml || '').replace(/^<speak>|<\/speak>$/g, '');

function held(answer, expect) {
  assert.deepStrictEqual(answer.attr('said'), expect.said, 'other keys were said');
  assert.strictEqual(answer.attr('pending') || '', expect.pending, 'another question is pending');
  assert.strictEqual(bare(answer.prompt()), expect.speech, 'other words were spoken');
  assert.strictEqual(bare(answer.reprompt()), expect.reprompt, 'other words were kept for a silence');
  assert.strictEqual(answer.response.shouldEndSession, expect.ends === null ? undefined : expect.ends, 'open or closed');
  assert.deepStrictEqual(directives(answer), expect.directives, 'other directives');
  const elicit = answer.directive('Dialog.ElicitSlot');
  assert.strictEqual(elicit ? elicit.slotToElicit : '', expect.elicits, 'another slot is elicited');
  const card = answer.card() || { type: '' };
  assert.strictEqual(card.type, expect.card.type, 'another kind of card');
  assert.strictEqual(answer.cardTitle() || '', expect.card.title, 'another title on the card');
  assert.strictEqual(answer.cardContent() || '', expect.card.content, 'other words on the card');
}

async function play(conversation) {
  const sent = [];
  const alexa = made(conversation, sent);
  for (const session of conversation.sessions) {
    for (const [number, step] of session.entries()) {
      try {
        const answer = await send(alexa, step);
        const envelope = sent[sent.length - 1];
        assert.strictEqual(envelope.session.new, number === 0, 'it sees another beginning of the session');
        understood(envelope, step);
        held(answer, step.expect);
      } catch (error) {
        return [`${step.said}: ${error.message || error}`];
      }
    }
  }
  return [];
}

(async () => {
  const report = {};
  for (const conversation of plan.conversations) report[conversation.id] = await play(conversation);
  fs.writeFileSync(process.env.CONFORMANCE_REPORT, JSON.stringify(report));
})();
