import * as assert from 'uvu/assert';
import { isSecretName } from '../../lib/kube/secret-names.ts';
import { suite } from '../helpers/suite.ts';

const test = suite('kube: names of credentials');

test('knows the usual ones', () => {
  const names = [
    'PASSWORD',
    'POSTGRES_PASSWORD',
    'MYSQL_ROOT_PASSWD',
    'SSH_PASSPHRASE',
    'CLIENT_SECRET',
    'SECRET_KEY_BASE',
    'GITHUB_TOKEN',
    'npm_config__authToken',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_ACCESS_KEY_ID',
    'STRIPE_API_KEY',
    'stripe.apikey',
    'tls-private-key',
    'DB_PASS',
    'PASS',
    'db_pwd',
    'LDAP_PW',
    'SENTRY_DSN',
  ];
  assert.equal(
    names.filter((name) => !isSecretName(name)),
    [],
  );
});

test('takes no usual name for one', () => {
  const names = [
    'PWD',
    'OLDPWD',
    'PATH',
    'HOME',
    'HOSTNAME',
    'KEYBOARD',
    'PASSENGER_PORT',
    'COMPASS',
    'TERM',
    'LANG',
    '',
  ];
  assert.equal(names.filter(isSecretName), []);
});

test.run();
