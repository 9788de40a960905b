"""pipitctl account add, list, remove; discover; usage."""

import sys

import toolrun
from servers import Authority, Keyring, SessionBus, tap
from toolrun import DONE, FAILED, PARTIAL, SECRETS, USAGE


class Account(toolrun.ToolTest):
    def test_known_provider_needs_only_the_address(self):
        account = self.add_account('Alice <alice@runbox.com>')
        self.assertEqual(account['address'], 'alice@runbox.com')
        self.assertEqual(account['person'], 'Alice')
        self.assertEqual(account['provider'], 'runbox')
        self.assertEqual(account['imap'], {'endpoint': 'mail.runbox.com:993:tls', 'username': 'alice'})
        self.assertEqual(account['smtp'], {'endpoint': 'mail.runbox.com:465:tls', 'username': 'alice'})
        self.assertEqual(account['poll_minutes'], 10)
        self.assertEqual(account['password'], 'command')
        self.assertEqual(self.run_tool('--json', 'account', 'list').json(), [account])

    def test_options_come_before_what_is_known(self):
        account = self.add_account('alice@runbox.com', '--imap', 'imap.example.org:143:starttls',
                                   '--username', 'ash', '--smtp-username', 'sender', '--name', 'Älice')
        self.assertEqual(account['imap'], {'endpoint': 'imap.example.org:143:starttls', 'username': 'ash'})
        self.assertEqual(account['smtp'], {'endpoint': 'mail.runbox.com:465:tls', 'username': 'sender'})
        self.assertEqual(account['person'], 'Älice')

    def test_options_may_stand_anywhere(self):
        self.add_account('alice@runbox.com')
        for arguments in (['account', 'list', '--json'], ['--json', 'account', 'list']):
            result = self.run_tool(*arguments)
            self.assertExit(result, DONE)
            self.assertEqual(len(result.json()), 1)

    def test_unknown_domain_needs_servers(self):
        command = ['--password-command', self.password_command()]
        result = self.run_tool('account', 'add', 'alice@nobody.example', *command)
        self.assertExit(result, USAGE)
        self.assertIn('--imap', result.err)
        self.assertEqual(self.run_tool('--json', 'account', 'list').json(), [])
        account = self.add_account('alice@nobody.example', '--imap', 'imap.nobody.example:993:tls')
        self.assertEqual(account['imap']['username'], 'alice@nobody.example')
        self.assertIsNone(account['smtp'])

    def test_providers_without_imap_are_said_so(self):
        command = ['--password-command', self.password_command()]
        for address, words in (('alice@tuta.com', 'does not offer IMAP'), ('alice@ocn.ne.jp', 'POP3 only')):
            result = self.run_tool('account', 'add', address, *command)
            self.assertExit(result, USAGE)
            self.assertIn(words, result.err)

    def test_unencrypted_only_when_typed(self):
        result = self.run_tool('account', 'add', 'alice@nobody.example', '--imap',
                               'mail.nobody.example:143:none', '--password-command', self.password_command())
        self.assertExit(result, DONE)
        self.assertIn('unencrypted', result.err)
        loopback = self.run_tool('account', 'add', 'bob@nobody.example', '--imap', '127.0.0.1:143:none',
                                 '--password-command', self.password_command())
        self.assertExit(loopback, DONE)
        self.assertEqual(loopback.err, '')

    def test_what_makes_no_sense_is_usage(self):
        for arguments in ([], ['frobnicate'], ['account'], ['account', 'frobnicate'], ['account', 'add'],
                          ['account', 'add', 'a@b.example', 'c@d.example'], ['--frobnicate'],
                          ['account', 'add', '--frobnicate'], ['account', 'remove'],
                          ['account', 'list', 'x'], ['discover'], ['discover', 'alice'],
                          ['account', 'add', 'no address', '--password-command', 'x'],
                          ['account', 'add', 'alice@runbox.com', '--imap', 'nowhere', '--password-command', 'x'],
                          ['account', 'add', 'alice@runbox.com', '--password-file', 'x',
                           '--password-command', 'x'],
                          ['account', 'add', 'alice@runbox.com']):
            with self.subTest(arguments=arguments):
                result = self.run_tool(*arguments)
                self.assertExit(result, USAGE)
                self.assertTrue(result.err.startswith('pipitctl: '), result.err)
                self.assertEqual(result.out, '')

    def test_errors_in_json(self):
        result = self.run_tool('--json', 'account', 'remove', 'nobody@example.org')
        self.assertExit(result, FAILED)
        self.assertIn('nobody@example.org', result.json()['error']['message'])
        self.assertEqual(result.json()['exit'], FAILED)
        self.assertIn('nobody@example.org', result.err)

    def test_same_address_twice(self):
        self.add_account('alice@runbox.com')
        result = self.run_tool('account', 'add', 'Alice@Runbox.com', '--password-command', 'x')
        self.assertExit(result, FAILED)
        self.assertIn('already', result.err)

    def test_broken_settings_are_left_alone(self):
        self.add_account('alice@runbox.com')
        path = f'{self.profile}/config/accounts.ini'
        with open(path, 'w', encoding='utf-8') as file:
            file.write('broken')
        for arguments in (['account', 'list'], ['account', 'remove', 'x'],
                          ['account', 'add', 'bob@runbox.com', '--password-command', 'x']):
            self.assertExit(self.run_tool(*arguments), FAILED)
        with open(path, encoding='utf-8') as file:
            self.assertEqual(file.read(), 'broken')

    def test_without_a_keyring_nothing_is_half_done(self):
        password = self.write('password', SECRETS[0] + '\n')
        result = self.run_tool('account', 'add', 'alice@runbox.com', '--password-file', password)
        self.assertExit(result, FAILED)
        self.assertIn('--password-command', result.err)
        self.assertEqual(self.run_tool('--json', 'account', 'list').json(), [])

    def test_certificate_is_pinned_for_both_servers(self):
        pem = self.write('nothing.pem', 'no certificate')
        result = self.run_tool('account', 'add', 'alice@runbox.com', '--certificate', pem,
                               '--password-command', 'x')
        self.assertExit(result, FAILED)
        certificate = Authority(self.path('authority')).self_signed()
        self.add_account('alice@runbox.com', '--certificate', certificate.certificate)
        with open(f'{self.profile}/config/certificates.ini', encoding='utf-8') as file:
            pins = file.read()
        self.assertIn('[imap mail.runbox.com:993]', pins)
        self.assertIn('[smtp mail.runbox.com:465]', pins)
        self.assertEqual(pins.count(certificate.fingerprint()), 2)

    def test_help(self):
        for arguments in (['--help'], ['account', '--help'], ['account', 'add', '--help'],
                          ['account', 'list', '--help'], ['account', 'remove', '-h'], ['discover', '--help']):
            result = self.run_tool(*arguments)
            self.assertExit(result, DONE)
            self.assertIn('Usage:', result.out)
        self.assertIn('pipitctl', self.run_tool('--version').out)


class KeyringAccount(toolrun.ToolTest):
    def setUp(self):
        super().setUp()
        self.bus = SessionBus()
        self.bus.start()
        self.addCleanup(self.bus.close)
        self.keyring = Keyring(self.bus)
        self.keyring.start()
        self.addCleanup(self.keyring.close)
        self.environment.update(self.bus.environment())

    def test_password_from_standard_input_goes_to_the_keyring(self):
        result = self.run_tool('--json', 'account', 'add', 'alice@runbox.com', '--password-file', '-',
                               stdin=SECRETS[0] + '\n')
        self.assertExit(result, DONE)
        self.assertEqual(result.json()['password'], 'keyring')
        self.assertExit(self.run_tool('account', 'remove', 'alice@runbox.com'), DONE)
        self.assertEqual(self.run_tool('--json', 'account', 'list').json(), [])

    def test_empty_password_is_refused(self):
        result = self.run_tool('account', 'add', 'alice@runbox.com', '--password-file', '-', stdin='\n')
        self.assertExit(result, FAILED)
        self.assertEqual(self.run_tool('--json', 'account', 'list').json(), [])

    def test_removal_says_what_stays(self):
        self.assertExit(self.run_tool('account', 'add', 'alice@runbox.com', '--password-file', '-',
                                      stdin=SECRETS[0]), DONE)
        self.keyring.close()
        result = self.run_tool('account', 'remove', 'alice@runbox.com')
        self.assertExit(result, PARTIAL)
        self.assertIn('still in the keyring', result.err)


class Discover(toolrun.ToolTest):
    def test_known(self):
        result = self.run_tool('--json', 'discover', ' ALICE@TAMPABAY.RR.COM ')
        self.assertExit(result, DONE)
        found = result.json()
        self.assertEqual(found['address'], 'alice@tampabay.rr.com')
        self.assertEqual(found['provider']['id'], 'brighthouse')
        self.assertFalse(found['needs_confirmation'])
        self.assertEqual(found['imap']['usernames'], ['alice@tampabay.rr.com'])
        self.assertIn('Bright House', self.run_tool('discover', 'alice@tampabay.rr.com').out)

    def test_unknown_gives_guesses(self):
        result = self.run_tool('--json', 'discover', 'alice@nobody.example')
        self.assertExit(result, FAILED)
        found = result.json()
        self.assertTrue(found['needs_confirmation'])
        self.assertEqual({server['source'] for server in found['imap']['servers']}, {'guess'})


if __name__ == '__main__':
    toolrun.ToolTest.program = sys.argv[1]
    sys.argv = sys.argv[:1]
    tap.main()
