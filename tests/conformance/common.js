// What the players of the Node clients share: the plan, the way to the skill, what a request may still need.
'use strict';

const fs = require('fs');
const http = require('http');

exports.plan = JSON.parse(fs.readFileSync(process.env.CONFORMANCE_PLAN, 'utf8'));

// A handler for clients that want one: posts the event to the skill, calls back with its answer.
exports.handlerFor = (url) => (event, _context, callback) => {
  const body = JSON.stringify(event);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  const request = http.request(url, { method: 'POST', headers, agent: false }, (answer) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (piece) => { text += piece; });
    answer.on('end', () => {
      if (answer.statusCode !== 200) callback(new Error(`HTTP ${answer.statusCode}`));
      else callback(null, JSON.parse(text));
    });
  });
  request.on('error', callback);
  request.end(body);
};

// Turns a client's own request into one it has no maker for, and adds who is speaking.
exports.completed = (envelope, step) => {
  if (step.type === 'SessionResumedRequest') {
    envelope.request.type = step.type;
    envelope.request.cause = step.extra.cause;
  }
  if (step.person) envelope.context.System.person = step.person;
  return envelope;
};

exports.same = (expected) => (actual) => JSON.stringify(actual) === JSON.stringify(expected);

exports.directives = (answer) => (answer.response.directives || []).map((directive) => directive.type);
