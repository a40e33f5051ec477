// Loaded before anything else (node --require): nothing in this process reaches past this machine, whatever a package
// of somebody else's tries. A refused attempt is also written down, because a package may swallow the error.
'use strict';

const dgram = require('dgram');
const dns = require('dns');
const fs = require('fs');
const net = require('net');

const NEAR = new Set(['127.0.0.1', '::1', 'localhost']);

function refuse(host) {
  if (process.env.CONFORMANCE_ATTEMPTS) fs.appendFileSync(process.env.CONFORMANCE_ATTEMPTS, `${host}\n`);
  throw new Error(`only loopback, not ${host}`);
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const options = Array.isArray(given[0]) ? given[0][0] : given[0];  // net.connect hands on normalised arguments
  if (options && typeof options === 'object') {
    if (!options.path && !NEAR.has(options.host || 'localhost')) refuse(options.host);
  } else if (typeof options === 'number' && typeof given[1] === 'string' && !NEAR.has(given[1])) {
    refuse(given[1]);
  }
  return connect.apply(this, given);
};

for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of Object.getOwnPropertyNames(resolver)) {
    if (typeof resolver[name] !== 'function' || !/^(lookup|resolve|reverse)/.test(name)) continue;
    const real = resolver[name];
    resolver[name] = function (host, ...rest) {
      if (!NEAR.has(host)) refuse(host);
      return real.call(this, host, ...rest);
    };
  }
}

for (const name of ['bind', 'connect', 'send']) {
  dgram.Socket.prototype[name] = () => refuse(`a datagram socket (${name})`);
}
