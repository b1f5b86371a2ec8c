import * as assert from 'uvu/assert';
import { findServiceVariables, mayTellOfService } from '../../lib/kube/service-variables.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: variables of Services');

/** All that kubelet makes of the Service `kubernetes`. */
const kubernetes = [
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'KUBERNETES_SERVICE_PORT_HTTPS',
  'KUBERNETES_PORT',
  'KUBERNETES_PORT_443_TCP',
  'KUBERNETES_PORT_443_TCP_PROTO',
  'KUBERNETES_PORT_443_TCP_PORT',
  'KUBERNETES_PORT_443_TCP_ADDR',
];

test('finds all of a Service', () => {
  assert.equal([...findServiceVariables([...kubernetes, 'PATH', 'KUBERNETES'])], kubernetes);
});

test('knows Services whose names look like variables of others', () => {
  const names = ['A_PORT_SERVICE_HOST', 'A_PORT_SERVICE_PORT', 'A_PORT_PORT_53_UDP', 'A_PORT'];
  assert.equal([...findServiceVariables(names)], names.slice(0, 3));
});

const others = [
  'DB_PORT',
  'DB_PORT_5432_TCP',
  'DB_SERVICE_PORT',
  'SMTP_SERVICE_HOST',
  '_SERVICE_HOST',
  '_SERVICE_PORT',
];
test('takes no name for such whose Service is not there', () => {
  assert.equal([...findServiceVariables(others)], []);
});

test('takes no other name of a Service', () => {
  const odd = [
    'WEB_PORT_80_SCTPX',
    'WEB_PORT_TCP',
    'WEB_SERVICE_HOSTS',
    'WEB_PORTS',
    'WEB_SERVICE_PORT_',
    'MYWEB_PORT',
  ];
  const found = findServiceVariables(['WEB_SERVICE_HOST', 'WEB_SERVICE_PORT', ...odd]);
  assert.equal([...found], ['WEB_SERVICE_HOST', 'WEB_SERVICE_PORT']);
});

test('tells which names a Service could have', () => {
  const names = ['WEB_SERVICE_HOST', 'WEB_PORT', 'A_B_PORT_53_UDP_ADDR', 'WEB_SERVICE_PORT_HTTP', '_1_SERVICE_PORT'];
  assert.equal(names.filter(mayTellOfService), names);
  const odd = [
    '_SERVICE_HOST',
    'web_SERVICE_HOST',
    '1_SERVICE_HOST',
    'WEB_PORTS',
    'PORT',
    'WEB',
    '',
    'WEB SERVICE_PORT',
  ];
  assert.equal(odd.filter(mayTellOfService), []);
});

test.run();
