"""pipitctl doctor against real servers, and against everything that goes wrong with them."""

import os
import shutil
import socket
import sys

import toolrun
from servers import (Authority, Dovecot, ScriptedServer, open_submission, process, stray,
                     tap)
from toolrun import CERTIFICATE, DONE, FAILED, NOT_REACHABLE, SECRETS, SIGN_IN

ADDRESS = 'alice@example.test'
USERS = {'alice': SECRETS[0]}

# What the wizard's page is tested with, too: class, advice, exit status.
NOT_TLS = ('not-tls', 'not-tls', NOT_REACHABLE)
TLS_EXPECTED = ('tls-expected', 'tls-expected', NOT_REACHABLE)
REFUSED = ('refused', 'refused', NOT_REACHABLE)
SILENT = ('timed-out', 'silent', NOT_REACHABLE)
FILTERED = ('timed-out', 'filtered', NOT_REACHABLE)
CLOSED = ('closed', 'closed', NOT_REACHABLE)
PASSWORD = ('sign-in-refused', 'sign-in-refused', SIGN_IN)


class DoctorTest(toolrun.ToolTest):
    def trust(self, ca_file):
        folder = os.path.join(self.profile, 'config', 'authorities')
        os.makedirs(folder, exist_ok=True)
        shutil.copy(ca_file, os.path.join(folder, 'test.pem'))

    def authority(self):
        authority = Authority(self.path('authority'))
        self.trust(authority.ca_file)
        return authority

    def account(self, imap, *arguments, password=SECRETS[0]):
        return self.add_account(ADDRESS, '--username', 'alice', '--imap', imap, *arguments,
                                password=password)

    def doctor(self, *arguments):
        return self.run_tool('--json', 'doctor', '--transcript', '--timeout', '2', *arguments)

    def assertSaysTheSame(self, result, words):
        text = self.run_tool('doctor', '--timeout', '2')
        self.assertEqual(text.code, result.code, repr(text))
        self.assertIn(words, text.out)

    def assertPassed(self):
        result = self.doctor()
        self.assertExit(result, DONE)
        report = result.json()[0]
        self.assertTrue(report['passed'])
        self.assertIsNone(report['failure'])
        self.assertSaysTheSame(result, 'All steps passed')
        return report

    def assertFails(self, expected, stage, purpose='imap', remedy=None):
        class_name, advice, code = expected
        result = self.doctor()
        failure = result.json()[0]['failure']
        self.assertIsNotNone(failure, repr(result))
        self.assertEqual((failure['class'], failure['advice'], failure['stage'], failure['purpose']),
                         (class_name, advice, stage, purpose), failure)
        self.assertExit(result, code)
        self.assertTrue(failure['remedies'])
        if remedy is not None:
            self.assertIn(remedy, [one['kind'] for one in failure['remedies']])
        last = result.json()[0]['steps'][-1]
        self.assertEqual((last['stage'], last['state']), (stage, 'failed'))
        if class_name != 'timed-out':
            self.assertSaysTheSame(result, failure['description'])
        return failure


class RealServers(DoctorTest):
    def setUp(self):
        super().setUp()
        self.dovecot = Dovecot(users=USERS)
        self.enterContext(self.dovecot)
        self.submission = self.enterContext(open_submission(self.dovecot))
        self.trust(self.dovecot.ca_file)

    def imap(self, mode='tls'):
        port = self.dovecot.imaps_port if mode == 'tls' else self.dovecot.imap_port
        return f'localhost:{port}:{mode}'

    def smtp(self, mode='tls'):
        port = self.submission.submissions_port if mode == 'tls' else self.submission.submission_port
        return f'localhost:{port}:{mode}'

    def test_tls(self):
        self.account(self.imap(), '--smtp', self.smtp())
        report = self.assertPassed()
        self.assertEqual([(step['purpose'], step['stage']) for step in report['steps']],
                         [('imap', 'resolve'), ('imap', 'connect'), ('imap', 'encrypt'),
                          ('imap', 'greeting'), ('imap', 'sign-in'), ('imap', 'folders'),
                          ('smtp', 'resolve'), ('smtp', 'connect'), ('smtp', 'encrypt'),
                          ('smtp', 'greeting'), ('smtp', 'sign-in'), ('smtp', 'sender')])
        self.assertEqual({step['state'] for step in report['steps']}, {'done'})
        self.assertIn('INBOX', report['folders'])
        self.assertEqual(report['special_use']['sent'], 'Sent')
        self.assertIn('IMAP4rev1', report['imap_capabilities'])
        self.assertIn('PLAIN', report['smtp_mechanisms'])
        self.assertIn('Logged in', report['transcript'])

    def test_starttls(self):
        self.account(self.imap('starttls'), '--smtp', self.smtp('starttls'))
        report = self.assertPassed()
        self.assertEqual([step['stage'] for step in report['steps'][:4]],
                         ['resolve', 'connect', 'greeting', 'encrypt'])

    def test_wrong_password(self):
        self.account(self.imap(), password=SECRETS[1])
        failure = self.assertFails(PASSWORD, 'sign-in', remedy='edit-password')
        self.assertIn('uthentication failed', failure['server_text'])

    def test_wrong_name_offers_the_whole_address(self):
        self.add_account(ADDRESS, '--imap', self.imap(), '--username', 'nobody')
        failure = self.assertFails(PASSWORD, 'sign-in', remedy='use-username')
        self.assertIn(ADDRESS, [one.get('text') for one in failure['remedies']])

    def test_wrong_password_for_sending_alone(self):
        self.account(self.imap(), '--smtp', self.smtp(), '--smtp-username', 'nobody')
        self.assertFails(PASSWORD, 'sign-in', purpose='smtp')

    def test_tls_spoken_to_a_plain_port(self):
        port = self.dovecot.imap_port
        self.account(f'localhost:{port}:tls')
        failure = self.assertFails(NOT_TLS, 'encrypt', remedy='use-endpoint')
        self.assertEqual(failure['remedies'][0]['endpoint'], f'localhost:{port}:starttls')

    def test_plain_text_spoken_to_a_tls_port(self):
        port = self.dovecot.imaps_port
        self.account(f'localhost:{port}:starttls')
        failure = self.assertFails(TLS_EXPECTED, 'greeting', remedy='use-endpoint')
        self.assertEqual(failure['remedies'][0]['endpoint'], f'localhost:{port}:tls')

    def test_sending_to_the_wrong_kind_of_port(self):
        self.account(self.imap(), '--smtp', f'localhost:{self.submission.submission_port}:tls')
        self.assertFails(NOT_TLS, 'encrypt', purpose='smtp', remedy='use-endpoint')

    def test_imap_asked_of_a_mail_server_for_sending(self):
        self.account(f'localhost:{self.submission.submission_port}:starttls')
        self.assertFails(('protocol', 'protocol', FAILED), 'greeting', remedy='use-endpoint')

    def test_authority_that_nobody_knows(self):
        shutil.rmtree(os.path.join(self.profile, 'config', 'authorities'))
        self.account(self.imap())
        failure = self.assertFails(('certificate', 'certificate-unknown-issuer', CERTIFICATE), 'encrypt',
                                   remedy='view-certificate')
        self.assertEqual(failure['certificate']['problems'], ['unknown-issuer'])
        self.assertIn('BEGIN CERTIFICATE', failure['certificate']['pem'])
        self.assertIn('localhost', failure['certificate']['names'])

    def test_password_command_fails(self):
        self.run_tool('account', 'add', ADDRESS, '--imap', self.imap(), '--password-command', 'false')
        result = self.doctor()
        self.assertExit(result, FAILED)
        self.assertIn('password command', result.json()[0]['error']['message'])

    def test_several_accounts(self):
        self.account(self.imap())
        self.add_account('bob@example.test', '--imap', self.imap(), password=SECRETS[1])
        result = self.doctor()
        self.assertExit(result, SIGN_IN)
        self.assertEqual([report['passed'] for report in result.json()], [True, False])
        self.assertExit(self.doctor(ADDRESS), DONE)
        self.assertExit(self.run_tool('doctor', 'nobody@example.test'), FAILED)


class Certificates(DoctorTest):
    def serve(self, certificate):
        def script(peer):
            peer.start_tls(certificate)
            peer.silence()
        server = self.enterContext(ScriptedServer(script))
        self.account(f'localhost:{server.port}:tls')

    def assertRefused(self, advice, *problems):
        failure = self.assertFails(('certificate', advice, CERTIFICATE), 'encrypt',
                                   remedy='view-certificate')
        self.assertEqual(failure['certificate']['problems'], list(problems))

    def test_expired(self):
        self.serve(self.authority().expired())
        self.assertRefused('certificate-expired', 'expired')

    def test_not_yet_valid(self):
        self.serve(self.authority().not_yet_valid())
        self.assertRefused('certificate-not-yet-valid', 'not-yet-valid')

    def test_other_host(self):
        self.serve(self.authority().other_host())
        self.assertRefused('certificate-other-host', 'other-host')

    def test_self_signed(self):
        self.serve(self.authority().self_signed())
        self.assertRefused('certificate-self-signed', 'self-signed')

    def test_pinned_is_trusted_and_another_is_not(self):
        with Dovecot(users=USERS, certificate=Authority.self_signed) as dovecot:
            self.account(f'localhost:{dovecot.imaps_port}:tls', '--certificate',
                         Authority(self.path('another')).self_signed().certificate)
            failure = self.assertFails(('certificate-changed', 'certificate-changed', CERTIFICATE),
                                       'encrypt')
            with open(self.path('right.pem'), 'w', encoding='utf-8') as file:
                file.write(failure['certificate']['pem'])
            self.assertExit(self.run_tool('account', 'remove', ADDRESS), DONE)
            self.account(f'localhost:{dovecot.imaps_port}:tls', '--certificate', self.path('right.pem'))
            self.assertPassed()


class Faults(DoctorTest):
    def serve(self, script, mode='starttls', **arguments):
        server = self.enterContext(ScriptedServer(script))
        self.account(f'localhost:{server.port}:{mode}', **arguments)
        return server

    def test_wrong_host(self):
        # Without a name service the answer is another one, with its own words.
        self.account('imap.nowhere.invalid:993:tls')
        result = self.doctor()
        self.assertExit(result, NOT_REACHABLE)
        failure = result.json()[0]['failure']
        self.assertEqual(failure['stage'], 'resolve')
        self.assertIn((failure['class'], failure['advice']),
                      [('name-not-found', 'name-not-found'), ('name-lookup', 'offline'),
                       ('timed-out', 'offline')])

    def test_closed_port(self):
        self.account(f'localhost:{process.free_ports(1)[0]}:tls')
        failure = self.assertFails(REFUSED, 'connect', remedy='use-endpoint')
        self.assertEqual(failure['remedies'][0]['endpoint'], 'localhost:993:tls')

    def test_no_answer_to_connecting(self):
        # A listener whose queue is full lets the kernel drop what comes after.
        listener = self.enterContext(socket.create_server(('127.0.0.1', 0), backlog=0))
        port = listener.getsockname()[1]
        for _ in range(4):
            waiting = self.enterContext(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(('127.0.0.1', port))
        self.account(f'127.0.0.1:{port}:tls')
        self.assertFails(FILTERED, 'connect', remedy='try-again')

    def test_silent_instead_of_tls(self):
        self.serve(lambda peer: peer.silence(), 'tls')
        self.assertFails(SILENT, 'encrypt', remedy='try-again')

    def test_silent_instead_of_a_greeting(self):
        self.serve(lambda peer: peer.silence(), 'starttls')
        self.assertFails(SILENT, 'greeting', remedy='try-again')

    def test_silent_at_signing_in(self):
        certificate = self.authority().good()

        def script(peer):
            peer.start_tls(certificate)
            peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n')
            peer.silence()
        self.serve(script, 'tls')
        self.assertFails(SILENT, 'sign-in')

    def test_hangs_up(self):
        self.serve(lambda peer: peer.close(), 'starttls')
        self.assertFails(CLOSED, 'greeting', remedy='try-again')

    def test_a_web_server(self):
        self.serve(lambda peer: peer.send('HTTP/1.1 400 Bad Request\r\n\r\n'), 'starttls')
        self.assertFails(('protocol', 'protocol', FAILED), 'greeting', remedy='use-endpoint')

    def test_no_starttls(self):
        def script(peer):
            peer.send('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready\r\n')
            while True:
                tag = peer.line().split()[0]
                peer.send(f'* CAPABILITY IMAP4rev1\r\n{tag} BAD no such thing\r\n')
        server = self.serve(script, 'starttls')
        failure = self.assertFails(('starttls-not-offered', 'no-starttls', NOT_REACHABLE), 'encrypt',
                                   remedy='use-endpoint')
        self.assertEqual(failure['remedies'][0]['endpoint'], 'localhost:993:tls')
        for peer in server.peers:
            self.assertNotIn(SECRETS[0].encode(), peer.received)

    def greet_with(self, text):
        certificate = self.authority().good()

        def script(peer):
            peer.start_tls(certificate)
            peer.send(text)
            while True:
                tag = peer.line().split()[0]
                peer.send(f'* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n{tag} OK\r\n')
        return self.serve(script, 'tls')

    def test_too_many_connections(self):
        self.greet_with('* BYE Maximum number of connections from user+IP exceeded\r\n')
        self.assertFails(('too-many-connections', 'too-many-connections', NOT_REACHABLE), 'greeting')

    def test_shutting_down(self):
        self.greet_with('* BYE Server shutting down.\r\n')
        self.assertFails(('shutting-down', 'shutting-down', NOT_REACHABLE), 'greeting')

    def test_no_way_to_sign_in(self):
        server = self.greet_with('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=GSSAPI] ready\r\n')
        self.assertFails(('mechanism-not-offered', 'mechanism-not-offered', SIGN_IN), 'sign-in')
        for peer in server.peers:
            self.assertNotIn(SECRETS[0].encode(), peer.received)

    def refuse_sign_in(self, answer, address=ADDRESS):
        certificate = self.authority().good()

        def script(peer):
            peer.start_tls(certificate)
            peer.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n')
            while True:
                tag = peer.line().split()[0]
                peer.send(f'{tag} NO {answer}\r\n')
        server = self.enterContext(ScriptedServer(script))
        self.add_account(address, '--imap', f'localhost:{server.port}:tls')

    def test_account_is_locked(self):
        self.refuse_sign_in('[LIMIT] Too many login failures, try again later')
        self.assertFails(('account-limited', 'limited', SIGN_IN), 'sign-in')

    def test_provider_wants_an_app_password(self):
        self.refuse_sign_in('[ALERT] Application-specific password required', 'alice@gmail.com')
        failure = self.assertFails(('sign-in-refused', 'app-password', SIGN_IN), 'sign-in',
                                   remedy='open-link')
        self.assertTrue(failure['remedies'][0]['text'].startswith('https://'))

    def test_provider_tells_of_imap_to_be_switched_on(self):
        self.refuse_sign_in('[AUTHENTICATIONFAILED] Your account is not enabled for IMAP use.',
                            'alice@runbox.com')
        self.assertFails(('sign-in-refused', 'enable-imap', SIGN_IN), 'sign-in', remedy='try-again')


class Quirks(DoctorTest):
    """What was found broken is told with date and evidence, and until when it holds."""

    class Counting(stray.Session):
        capabilities = stray.Session.capabilities + ' ESEARCH'

        def say_found(self, found):
            self.say(f'ESEARCH (TAG "{self.tag}") UID COUNT {len(found)}')

    def test_latches(self):
        server = self.enterContext(stray.Stray(self.Counting))
        server.deliver('INBOX', stray.letter(1))
        self.add_account('mara@example.test', '--username', server.user, '--imap',
                         f'localhost:{server.imap_port}:none', password=server.password)
        self.assertExit(self.run_tool('sync'), DONE)
        report = self.doctor().json()[0]
        self.assertEqual(report['server'], 'Stray 1.0')
        self.assertEqual(report['quirks'], [])
        latch, = report['latches']
        self.assertEqual((latch['feature'], latch['server'], latch['holds']),
                         ('ESEARCH', 'Stray 1.0', True))
        self.assertGreater(latch['since_unix'], 1700000000)
        self.assertIn(latch['evidence'], self.run_tool('doctor').out)
        self.assertRegex(self.run_tool('doctor').out, r'Not used since 20\d\d-\d\d-\d\d: ESEARCH: ')

        server.session = type('Mended', (self.Counting,),
                              {'identity': '("name" "Stray" "version" "1.1")'})
        report = self.doctor().json()[0]
        self.assertFalse(report['latches'][0]['holds'])
        self.assertIn('Used again, since the server changed: ESEARCH', self.run_tool('doctor').out)

    def test_table_of_servers(self):
        class Gimap(stray.Session):
            capabilities = stray.Session.capabilities + ' X-GM-EXT-1'

        server = self.enterContext(stray.Stray(Gimap))
        self.add_account('mara@example.test', '--username', server.user, '--imap',
                         f'localhost:{server.imap_port}:none', password=server.password)
        self.assertEqual(self.doctor().json()[0]['quirks'], ['gmail'])
        self.assertIn('treated as gmail', self.run_tool('doctor').out)


class Sending(DoctorTest):
    """The second half of the test, with a server for reading that works."""

    def setUp(self):
        super().setUp()
        self.dovecot = self.enterContext(Dovecot(users=USERS))
        self.trust(self.dovecot.ca_file)

    def serve(self, answers, *arguments):
        certificate = self.dovecot.authority.issue('sending')

        def script(peer):
            peer.start_tls(certificate)
            peer.send('220 ready\r\n')
            while True:
                verb = peer.line().split()[0].upper()
                peer.send(answers.get(verb, '250 fine') + '\r\n')
        server = self.enterContext(ScriptedServer(script))
        self.account(f'localhost:{self.dovecot.imaps_port}:tls', '--smtp',
                     f'localhost:{server.port}:tls', *arguments)

    EHLO = '250-test\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES'

    def test_sender_is_refused(self):
        self.serve({'EHLO': self.EHLO, 'AUTH': '235 2.7.0 fine',
                    'MAIL': '550 5.7.1 Sender address rejected: not owned by user'})
        failure = self.assertFails(('failed', 'sender-refused', FAILED), 'sender', purpose='smtp')
        self.assertIn('not owned by user', failure['server_text'])

    def test_sending_wants_a_sign_in(self):
        self.serve({'EHLO': self.EHLO, 'MAIL': '530 5.7.0 Authentication required'},
                   '--smtp-username', '')
        failure = self.doctor().json()[0]['failure']
        self.assertEqual((failure['advice'], failure['stage']), ('send-needs-sign-in', 'sender'))

    def test_refused_sign_in(self):
        self.serve({'EHLO': self.EHLO, 'AUTH': '535 5.7.8 Error: authentication failed'})
        self.assertFails(PASSWORD, 'sign-in', purpose='smtp')

    def test_closed_port(self):
        self.account(f'localhost:{self.dovecot.imaps_port}:tls', '--smtp',
                     f'localhost:{process.free_ports(1)[0]}:tls')
        failure = self.assertFails(REFUSED, 'connect', purpose='smtp')
        self.assertEqual([one.get('endpoint') for one in failure['remedies'][:2]],
                         ['localhost:465:tls', 'localhost:587:starttls'])


if __name__ == '__main__':
    toolrun.ToolTest.program = sys.argv[1]
    sys.argv = sys.argv[:1]
    tap.main()
